import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * What the benchmark wants to know of a run: when the first record came, how many there were, and
 * when the last one of every partition was taken. Written by the one stream thread; read by another
 * after await().
 */
final class Progress {
  private final Map<Integer, Long> lastOffsets;
  private final CountDownLatch left;
  private long firstNanos;
  private long events;

  /** The offset of each partition's last record; partitions without records are left out. */
  Progress(Map<Integer, Long> lastOffsets) {
    this.lastOffsets = new HashMap<>(lastOffsets);
    this.left = new CountDownLatch(lastOffsets.size());
  }

  void begin() {
    if (events == 0) {
      firstNanos = System.nanoTime();
    }
    ++events;
  }

  void taken(int partition, long offset) {
    Long last = lastOffsets.get(partition);
    if (last != null && offset == last) {
      left.countDown();
    }
  }

  void await() throws InterruptedException {
    left.await();
  }

  long firstNanos() {
    return firstNanos;
  }

  long events() {
    return events;
  }
}
