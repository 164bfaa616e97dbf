import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What was debited and credited to an account, in minor units. */
record AccountBalance(long debit, long credit) {
  static final AccountBalance ZERO = new AccountBalance(0, 0);

  long balance() {
    return Math.subtractExact(debit, credit);
  }

  AccountBalance plus(long moreDebit, long moreCredit) {
    return new AccountBalance(
        Math.addExact(debit, moreDebit), Math.addExact(credit, moreCredit));
  }

  /** Sixteen bytes: debit, credit, big-endian. */
  static Serde<AccountBalance> serde() {
    return Serdes.serdeFrom(
        (topic, value) ->
            value == null
                ? null
                : ByteBuffer.allocate(16).putLong(value.debit).putLong(value.credit).array(),
        (topic, bytes) -> {
          if (bytes == null) {
            return null;
          }
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new AccountBalance(buffer.getLong(), buffer.getLong());
        });
  }
}
