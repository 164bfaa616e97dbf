import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/**
 * The balances of a ledger's accounts as a Kafka Streams job: exactly once, in RocksDB, with a
 * changelog topic; everything else is as Kafka Streams has it by default. It ends when it has
 * committed the last record that was in the topic at its start, and writes the balances to a file.
 *
 * <p>Arguments: BROKERS TOPIC APPLICATION STATE-FOLDER BALANCES-FILE. Prints its figures as JSON.
 */
public final class BalancesJob {
  private BalancesJob() {}

  public static void main(String[] arguments) throws Exception {
    String brokers = arguments[0];
    String topic = arguments[1];
    String application = arguments[2];
    Map<Integer, Long> last = Ends.lastRecords(brokers, topic);
    Progress progress = new Progress(last);
    Properties settings = settings(brokers, application, arguments[3]);
    long started = System.nanoTime();
    try (KafkaStreams streams = new KafkaStreams(topology(topic, progress), settings);
        Admin admin = Admin.create(settings)) {
      streams.setUncaughtExceptionHandler(BalancesJob::fail);
      streams.start();
      progress.await();
      long taken = System.nanoTime();
      Ends.awaitCommitted(admin, application, topic, last);
      long ended = System.nanoTime();
      write(streams, Path.of(arguments[4]));
      System.out.printf(
          "{\"events\": %d, \"startup_seconds\": %.3f, \"commit_seconds\": %.3f,"
              + " \"seconds\": %.3f}%n",
          progress.events(),
          (progress.firstNanos() - started) / 1e9,
          (ended - taken) / 1e9,
          (ended - progress.firstNanos()) / 1e9);
      streams.close(Duration.ofSeconds(60));
    }
  }

  private static Properties settings(String brokers, String application, String state) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state);
    // Brings read_committed, idempotent transactional producers, and commits each 100 ms.
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return settings;
  }

  private static Topology topology(String topic, Progress progress) {
    StreamsBuilder builder = new StreamsBuilder();
    // Caching as the DSL's aggregations have it: between commits an account is written once.
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(BalanceProcessor.STORE),
                Serdes.String(),
                AccountBalance.serde())
            .withCachingEnabled());
    builder.stream(topic, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .process(() -> new BalanceProcessor(progress), BalanceProcessor.STORE);
    return builder.build();
  }

  private static StreamThreadExceptionResponse fail(Throwable error) {
    error.printStackTrace();
    Runtime.getRuntime().halt(1);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** A line an account: its name, a tab, debits less credits. */
  private static void write(KafkaStreams streams, Path file) throws IOException {
    var store =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                BalanceProcessor.STORE,
                QueryableStoreTypes.<String, AccountBalance>keyValueStore()));
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file));
        KeyValueIterator<String, AccountBalance> rows = store.all()) {
      while (rows.hasNext()) {
        KeyValue<String, AccountBalance> row = rows.next();
        out.println(row.key + '\t' + row.value.balance());
      }
      if (out.checkError()) {
        throw new IOException("can't write " + file);
      }
    }
  }
}
