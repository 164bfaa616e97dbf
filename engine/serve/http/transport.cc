#include "engine/serve/http/transport.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "engine/base/thread_name.h"
#include "engine/serve/http/listener.h"

namespace lumbung {
namespace {

using Clock = std::chrono::steady_clock;
using Progress = Connection::Progress;

constexpr std::chrono::milliseconds kSweepInterval{100};
// For a client to read the last answer and close.
constexpr std::chrono::milliseconds kLingerTimeout{1'000};

enum class Waiting { kNot, kHandshake, kRequest, kIdle, kWrite, kLinger };

}  // namespace

class Transport::Impl {
 public:
  Impl(const TransportOptions& options, HttpHandler handler, HttpRefusal refusal)
      : options_(options),
        processor_(std::move(handler), std::move(refusal), options.write_timeout) {
    budget_.max_bytes = options_.max_buffered_bytes;
  }
  ~Impl();

  Status Start();
  int port() const { return listener_.port(); }
  TransportStats Stats() const;
  void Drain();
  void Stop(std::chrono::milliseconds grace);

 private:
  // A connection and what it waits for. Whoever got it from epoll has it alone until Park.
  struct Client {
    std::unique_ptr<Connection> connection;
    std::size_t requests = 0;
    // When what it waits for began.
    Clock::time_point began{};
    std::atomic<bool> close_when_sent = false;

    // Below is guarded by mutex_.
    Waiting waiting = Waiting::kNot;
    Clock::time_point deadline = Clock::time_point::max();
  };

  void Work();
  void Accept();
  void Admit(Accepted accepted);
  void MakeRoom();
  void Serve(Client& client);
  Progress Step(Client& client);
  void Park(Client& client, Progress progress);
  Waiting WaitingFor(const Client& client, Progress progress) const;
  Clock::time_point DeadlineOf(const Client& client, Waiting waiting) const;
  void Take(Client& client);
  void Close(Client& client);
  void Sweep();
  void SweepOnce(Clock::time_point now);
  void End(Client& client);
  void EndIfSilent(Client& client);
  void Arm(int operation, int fd, std::uint32_t events, void* what) const;

  // Constant after construction.
  const TransportOptions options_;
  Processor processor_;
  BufferBudget budget_;
  Listener listener_;
  int epoll_ = -1;
  int wake_ = -1;
  std::vector<std::thread> threads_;

  std::atomic<bool> draining_ = false;
  std::atomic<bool> stopping_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::unordered_map<Client*, std::unique_ptr<Client>> clients_;
  TransportStats stats_;
};

Transport::Impl::~Impl() {
  Stop(std::chrono::milliseconds(0));
  clients_.clear();
  if (epoll_ >= 0) ::close(epoll_);
  if (wake_ >= 0) ::close(wake_);
}

Status Transport::Impl::Start() {
  LUMBUNG_RETURN_IF_ERROR(listener_.Open(options_.host, options_.port));
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (epoll_ < 0 || wake_ < 0) return Status::IoError(std::strerror(errno));
  Arm(EPOLL_CTL_ADD, wake_, EPOLLIN, &wake_);
  Arm(EPOLL_CTL_ADD, listener_.fd(), EPOLLIN | EPOLLONESHOT, &listener_);
  threads_.emplace_back([this] { Sweep(); });
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
  return Status::Ok();
}

void Transport::Impl::Arm(int operation, int fd, std::uint32_t events, void* what) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = what;
  ::epoll_ctl(epoll_, operation, fd, &event);
}

void Transport::Impl::Work() {
  NameThread("http");
  while (!stopping_) {
    epoll_event event{};
    if (::epoll_wait(epoll_, &event, 1, -1) != 1) continue;
    if (event.data.ptr == &wake_) continue;
    if (event.data.ptr == &listener_) {
      Accept();
    } else {
      auto& client = *static_cast<Client*>(event.data.ptr);
      Take(client);
      Serve(client);
    }
  }
}

void Transport::Impl::Accept() {
  while (auto accepted = listener_.Accept()) Admit(std::move(*accepted));
  // Out of descriptors or memory: what waits to be accepted would wake a worker again at once.
  if (errno != EAGAIN) std::this_thread::sleep_for(kSweepInterval);
  if (!draining_) Arm(EPOLL_CTL_MOD, listener_.fd(), EPOLLIN | EPOLLONESHOT, &listener_);
}

void Transport::Impl::Admit(Accepted accepted) {
  SslPtr ssl;
  if (options_.tls) {
    const std::shared_ptr<SSL_CTX> context = options_.tls();
    if (context != nullptr) ssl.reset(SSL_new(context.get()));
    if (ssl == nullptr) {
      ::close(accepted.fd);
      return;
    }
  }
  auto owned = std::make_unique<Client>();
  Client& client = *owned;
  client.connection =
      std::make_unique<Connection>(accepted.fd, std::move(ssl), std::move(accepted.address),
                                   accepted.port, options_.limits, budget_);
  client.began = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    ++stats_.accepted;
    if (clients_.size() >= options_.max_connections) {
      ++stats_.turned_away;
      MakeRoom();
    }
    // One that was ended is still there until a worker has seen it.
    if (clients_.size() >= options_.max_connections + options_.threads) return;
    client.waiting = Waiting::kHandshake;
    client.deadline = DeadlineOf(client, client.waiting);
    clients_.emplace(&client, std::move(owned));
    Arm(EPOLL_CTL_ADD, accepted.fd, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, &client);
  }
}

// Ends the connection that waits and is nearest to its timeout. REQUIRES: mutex_ is held
void Transport::Impl::MakeRoom() {
  Client* nearest = nullptr;
  for (const auto& [client, owned] : clients_) {
    if (client->waiting == Waiting::kNot) continue;
    if (nearest == nullptr || client->deadline < nearest->deadline) nearest = client;
  }
  if (nearest != nullptr) End(*nearest);
}

// The client's socket says at once that it is at its end, so a worker sees to it. REQUIRES: mutex_
// is held, so that the descriptor is still the client's
void Transport::Impl::End(Client& client) {
  client.close_when_sent = true;
  client.deadline = Clock::time_point::max();
  ::shutdown(client.connection->fd(), SHUT_RDWR);
}

// A request that has come is still read, and after it the end. REQUIRES: mutex_ is held
void Transport::Impl::EndIfSilent(Client& client) { ::shutdown(client.connection->fd(), SHUT_RD); }

void Transport::Impl::Take(Client& client) {
  const std::lock_guard lock(mutex_);
  client.waiting = Waiting::kNot;
  client.deadline = Clock::time_point::max();
}

void Transport::Impl::Serve(Client& client) {
  while (true) {
    const Progress progress = Step(client);
    if (progress == Progress::kClosed) return Close(client);
    if (progress != Progress::kRequest) return Park(client, progress);
  }
}

// Sends what is left, then reads, then answers: kRequest if there may be more to do at once.
Progress Transport::Impl::Step(Client& client) {
  Connection& connection = *client.connection;
  if (const Progress sent = connection.Send(); sent != Progress::kRequest) return sent;
  if (client.close_when_sent && !connection.lingering()) {
    connection.Linger();
    client.began = Clock::now();
  }
  const bool had_input = connection.has_input();
  if (const Progress read = connection.Read(); read != Progress::kRequest) {
    if (!had_input && connection.has_input()) client.began = Clock::now();
    return read;
  }
  ++client.requests;
  const bool last = draining_ || client.requests >= options_.max_requests_a_connection;
  if (!processor_.Process(connection, last)) client.close_when_sent = true;
  client.began = Clock::now();
  return Progress::kRequest;
}

Waiting Transport::Impl::WaitingFor(const Client& client, Progress progress) const {
  if (client.connection->lingering()) return Waiting::kLinger;
  if (progress == Progress::kWantWrite) return Waiting::kWrite;
  if (client.connection->has_input()) return Waiting::kRequest;
  return client.requests == 0 ? Waiting::kHandshake : Waiting::kIdle;
}

Clock::time_point Transport::Impl::DeadlineOf(const Client& client, Waiting waiting) const {
  switch (waiting) {
    case Waiting::kNot:
      return Clock::time_point::max();
    case Waiting::kHandshake:
    case Waiting::kRequest:
      return client.began + options_.read_timeout;
    case Waiting::kIdle:
      return client.began + options_.idle_timeout;
    case Waiting::kWrite:
      return client.began + options_.write_timeout;
    case Waiting::kLinger:
      return client.began + kLingerTimeout;
  }
  return Clock::time_point::max();
}

void Transport::Impl::Park(Client& client, Progress progress) {
  const std::uint32_t wanted = progress == Progress::kWantWrite ? EPOLLOUT : EPOLLIN;
  const Waiting waiting = WaitingFor(client, progress);
  const std::lock_guard lock(mutex_);
  client.waiting = waiting;
  client.deadline = DeadlineOf(client, waiting);
  if (draining_ && waiting == Waiting::kIdle) EndIfSilent(client);
  // Under the lock: from here on another worker may have it, and free it.
  Arm(EPOLL_CTL_MOD, client.connection->fd(), wanted | EPOLLRDHUP | EPOLLONESHOT, &client);
}

void Transport::Impl::Close(Client& client) {
  const std::lock_guard lock(mutex_);
  clients_.erase(&client);
  changed_.notify_all();
}

void Transport::Impl::Sweep() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kSweepInterval, [this] { return stopping_.load(); });
    SweepOnce(Clock::now());
  }
}

// REQUIRES: mutex_ is held
void Transport::Impl::SweepOnce(Clock::time_point now) {
  for (const auto& [client, owned] : clients_) {
    if (client->deadline > now) continue;
    if (client->waiting != Waiting::kIdle && client->waiting != Waiting::kLinger) {
      ++stats_.timed_out;
    }
    End(*client);
  }
}

TransportStats Transport::Impl::Stats() const {
  const std::lock_guard lock(mutex_);
  TransportStats stats = stats_;
  stats.connections = clients_.size();
  return stats;
}

void Transport::Impl::Drain() {
  const std::lock_guard lock(mutex_);
  if (draining_.exchange(true)) return;
  listener_.Shutdown();
  for (const auto& [client, owned] : clients_) {
    if (client->waiting == Waiting::kIdle || client->waiting == Waiting::kHandshake) {
      EndIfSilent(*client);
    }
  }
}

void Transport::Impl::Stop(std::chrono::milliseconds grace) {
  Drain();
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, grace, [this] { return clients_.empty(); });
    processor_.EndStreams();
    for (const auto& [client, owned] : clients_) End(*client);
    stopping_ = true;
    changed_.notify_all();
  }
  const std::uint64_t one = 1;
  if (wake_ >= 0 && ::write(wake_, &one, sizeof(one)) != sizeof(one)) stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Result<std::unique_ptr<Transport>> Transport::Start(const TransportOptions& options,
                                                    HttpHandler handler, HttpRefusal refusal) {
  auto impl = std::make_unique<Impl>(options, std::move(handler), std::move(refusal));
  LUMBUNG_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transport::~Transport() = default;
int Transport::port() const { return impl_->port(); }
TransportStats Transport::Stats() const { return impl_->Stats(); }
void Transport::Drain() { impl_->Drain(); }
void Transport::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

}  // namespace lumbung
