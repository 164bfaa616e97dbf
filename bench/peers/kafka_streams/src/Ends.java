import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Where a topic ends, and whether a group has committed it. */
final class Ends {
  // Behind the last record stand only the marks of transactions, one each.
  private static final long LOOK_BACK = 1_000;

  private Ends() {}

  /** The offset of each partition's last committed record. */
  static Map<Integer, Long> lastRecords(String brokers, String topic) {
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    Map<Integer, Long> last = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      ends.forEach((partition, end) -> consumer.seek(partition, Math.max(0, end - LOOK_BACK)));
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          last.put(record.partition(), record.offset());
        }
      }
      ends.forEach(
          (partition, end) -> {
            if (end > 0 && !last.containsKey(partition.partition())) {
              throw new IllegalStateException(partition + " has no record near its end");
            }
          });
    }
    return last;
  }

  /** Returns when the group has committed every partition's last record. */
  static void awaitCommitted(Admin admin, String group, String topic, Map<Integer, Long> last)
      throws Exception {
    while (true) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      boolean all =
          last.entrySet().stream()
              .allMatch(
                  one -> {
                    OffsetAndMetadata its =
                        committed.get(new TopicPartition(topic, one.getKey()));
                    return its != null && its.offset() > one.getValue();
                  });
      if (all) {
        return;
      }
      Thread.sleep(20);
    }
  }
}
