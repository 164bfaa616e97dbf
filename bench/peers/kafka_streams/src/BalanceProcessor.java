import com.google.protobuf.InvalidProtocolBufferException;
import lumbung.ledger.v1.EventOuterClass.Event;
import lumbung.ledger.v1.EventOuterClass.TransactionPosted;
import lumbung.ledger.v1.TransactionOuterClass.Entry;
import lumbung.ledger.v1.TransactionOuterClass.Transaction;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Adds every posted entry to its account. All events of an account lie in one partition, so the
 * store beside the partition is enough and nothing has to be partitioned anew by account.
 */
final class BalanceProcessor extends ContextualProcessor<byte[], byte[], Void, Void> {
  static final String STORE = "balances";

  private final Progress progress;
  private KeyValueStore<String, AccountBalance> balances;

  BalanceProcessor(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    super.init(context);
    balances = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    progress.begin();
    Event event = parse(record.value());
    switch (event.getBodyCase()) {
      case TRANSACTION_POSTED -> post(event.getTransactionPosted().getTransaction());
      case HOLD_CAPTURED -> post(event.getHoldCaptured().getTransaction());
      case BATCH_POSTED -> {
        for (TransactionPosted posted : event.getBatchPosted().getTransactionsList()) {
          post(posted.getTransaction());
        }
      }
      default -> {
        // Moves no account.
      }
    }
    context().recordMetadata().ifPresent(at -> progress.taken(at.partition(), at.offset()));
  }

  private static Event parse(byte[] bytes) {
    try {
      return Event.parseFrom(bytes);
    } catch (InvalidProtocolBufferException error) {
      throw new IllegalArgumentException("not an event", error);
    }
  }

  private void post(Transaction transaction) {
    for (Entry entry : transaction.getEntriesList()) {
      String account = accountOf(transaction.getCooperative(), entry);
      AccountBalance before = balances.get(account);
      balances.put(
          account,
          (before == null ? AccountBalance.ZERO : before)
              .plus(entry.getDebit(), entry.getCredit()));
    }
  }

  /** cooperative:code:holder:currency */
  private static String accountOf(long cooperative, Entry entry) {
    String currency = entry.getCurrency().isEmpty() ? "IDR" : entry.getCurrency();
    return Long.toUnsignedString(cooperative)
        + ':'
        + Integer.toUnsignedString(entry.getCode())
        + ':'
        + Long.toUnsignedString(entry.getHolder())
        + ':'
        + currency;
  }
}
