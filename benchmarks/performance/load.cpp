// usage: load ADDRESS METHOD MESSAGES track|many|count SESSIONS RATE_HZ WARM_UP_S
//
// Sends recorded messages on SESSIONS streams of METHOD, each RATE_HZ times a second, and prints as
// one line of JSON how late the answers came. MESSAGES holds messages, each behind its length (32
// bits, little end first): the first one opens a stream, the others follow once all are open.
//
// Times count from the instant at which a message was meant to be sent, so that whoever is late does
// not set the pace. An answer says which message it is of: by the sequence of a TrackResponse's face
// (`track`) or a TrackManyResponse's columns (`many`), or by its turn (`count`).
//
// SIGINT ends it early: what was sent until then is told of.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

constexpr auto kPatience = std::chrono::seconds(60);  // a first start compiles
constexpr auto kLinger = std::chrono::milliseconds(500);

std::atomic<bool> stopped{false};

enum class Answer { kTrack, kMany, kCount };

struct Plan {
  std::string address, method;
  std::vector<grpc::ByteBuffer> messages;
  Answer answer;
  int sessions;
  Nanoseconds period;
  Clock::duration warm_up;
};

// There is no thread to throw to that could do anything about it.
[[noreturn]] void Give(const std::string& why) {
  std::cerr << "load: " << why << ".\n";
  std::cerr.flush();
  std::_Exit(1);
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::vector<grpc::ByteBuffer> ReadMessages(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<grpc::ByteBuffer> messages;
  uint8_t head[4];
  while (file.read(reinterpret_cast<char*>(head), 4)) {
    const uint32_t length = head[0] | head[1] << 8 | head[2] << 16 | uint32_t{head[3]} << 24;
    std::string bytes(length, '\0');
    if (!file.read(&bytes[0], length)) throw std::runtime_error("a torn file of messages");
    messages.push_back(BufferOf(bytes));
  }
  if (messages.size() < 2) throw std::runtime_error(std::string("no messages in ") + path);
  return messages;
}

// Just enough of protobuf to find one number.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}

  // Go to the next field; false at the end, or where nothing can be read.
  bool Next() {
    uint64_t tag;
    if (!Varint(&tag)) return false;
    number = tag >> 3;
    switch (tag & 7) {
      case 0: return Varint(&value);
      case 1: return Skip(8);
      case 2: {
        uint64_t length;
        if (!Varint(&length) || length > bytes_.size()) return false;
        data = bytes_.substr(0, length);
        return Skip(length);
      }
      case 5: return Skip(4);
      default: return false;
    }
  }

  uint64_t number = 0, value = 0;
  std::string_view data;

 private:
  bool Varint(uint64_t* out) {
    *out = 0;
    for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const uint8_t byte = bytes_.front();
      bytes_.remove_prefix(1);
      *out |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool Skip(uint64_t count) {
    if (count > bytes_.size()) return false;
    bytes_.remove_prefix(count);
    return true;
  }

  std::string_view bytes_;
};

// The sequence of the face in a response, or of its last columns; 0 = there is none.
uint64_t SequenceOf(std::string_view response) {
  uint64_t sequence = 0;
  for (Fields outer(response); outer.Next();) {
    if (outer.number != 2) continue;
    Fields inner(outer.data);
    if (inner.Next() && inner.number == 1) sequence = inner.value;
  }
  return sequence;
}

class Session {
 public:
  enum Operation { kStart, kRead, kWrite, kFinish, kOperations };

  Session(const Plan& plan, int place, grpc::CompletionQueue* queue) : plan_(plan), place_(place) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // each has a connection of its own
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = grpc::CreateCustomChannel(plan.address, grpc::InsecureChannelCredentials(), arguments);
    stub_ = std::make_unique<grpc::GenericStub>(channel_);
    stream_ = stub_->PrepareCall(&context_, plan.method, queue);
    stream_->StartCall(Tag(kStart));
    due_.resize(plan.messages.size());
    late_us.assign(plan.messages.size(), NAN);
  }

  // What came of an operation.
  void Done(Operation operation, bool ok, Clock::time_point now) {
    const std::lock_guard<std::mutex> alone(mutex_);
    if (operation == kFinish) Give("a stream ended: " + status_.error_message());
    if (!ok) {
      if (!finishing_) stream_->Finish(&status_, Tag(kFinish));
      finishing_ = true;
    } else if (operation == kStart) {
      Write(0);
      Read();
    } else if (operation == kRead) {
      Hear(now);
      Read();
    } else {
      writing_ = false;
      if (!waiting_.empty()) {
        Write(waiting_.front());
        waiting_.pop_front();
      }
    }
  }

  void Send(size_t message, Clock::time_point due) {
    const std::lock_guard<std::mutex> alone(mutex_);
    due_[message] = due;
    if (writing_) {
      waiting_.push_back(message);
    } else {
      Write(message);
    }
  }

  std::atomic<bool> open{false};
  std::vector<double> late_us;  // by message; NaN = no answer

 private:
  void* Tag(Operation operation) {
    return reinterpret_cast<void*>(static_cast<uintptr_t>(place_ * kOperations + operation));
  }

  void Write(size_t message) {
    writing_ = true;
    stream_->Write(plan_.messages[message], Tag(kWrite));
  }

  void Read() { stream_->Read(&response_, Tag(kRead)); }

  void Hear(Clock::time_point now) {
    if (!open) {
      open = true;
      return;
    }
    uint64_t message = ++heard_;
    if (plan_.answer != Answer::kCount) {
      std::vector<grpc::Slice> slices;
      response_.Dump(&slices);
      std::string bytes;
      for (const auto& slice : slices) {
        bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
      message = SequenceOf(bytes);
    }
    if (message == 0 || message >= due_.size()) return;
    late_us[message] = std::chrono::duration<double, std::micro>(now - due_[message]).count();
  }

  const Plan& plan_;
  const int place_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  std::vector<Clock::time_point> due_;
  std::deque<size_t> waiting_;
  std::mutex mutex_;  // one thread sends, another one sees what comes of it
  uint64_t heard_ = 0;
  bool writing_ = false, finishing_ = false;
};

// All sessions: one thread sends each message at its time, another one sees what comes back.
class Load {
 public:
  explicit Load(const Plan& plan) : plan_(plan) {
    for (int place = 0; place < plan.sessions; place++) {
      sessions_.push_back(std::make_unique<Session>(plan, place, &queue_));
    }
    std::thread(&Load::Listen, this).detach();  // it ends with the process
  }

  void Run() {
    const auto until = Clock::now() + kPatience;
    while (!AllOpen()) {
      if (Clock::now() > until) throw std::runtime_error("not every stream was answered");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::puts("open");
    std::fflush(stdout);
    const auto began = Clock::now() + std::chrono::milliseconds(100);
    const size_t frames = plan_.messages.size() - 1;
    for (size_t frame = 0; frame < frames && !stopped; frame++) {
      for (int place = 0; place < plan_.sessions; place++) {
        // Spread evenly over a period, in no order of their places.
        const auto due = began + plan_.period * frame + plan_.period * place / plan_.sessions;
        std::this_thread::sleep_until(due);
        sent_late_us_.push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - due).count());
        sessions_[place]->Send(frame + 1, due);
      }
      sent_ = frame + 1;
    }
    std::this_thread::sleep_for(kLinger);
  }

  void Print() {
    const size_t first = 1 + static_cast<size_t>(plan_.warm_up / plan_.period);
    const double period_us = std::chrono::duration<double, std::micro>(plan_.period).count();
    std::vector<double> late;
    size_t sent = 0, on_time = 0, all = 0;
    for (const auto& session : sessions_) {
      for (size_t message = 1; message <= sent_; message++) {
        const double one = session->late_us[message];
        all += !std::isnan(one);
        if (message < first) continue;
        sent++;
        if (std::isnan(one)) continue;
        late.push_back(one);
        on_time += one <= period_us;
      }
    }
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    const double cpu_s = used.ru_utime.tv_sec + used.ru_stime.tv_sec +
                         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    std::printf(
        "{\"sent\": %zu, \"answered\": %zu, \"on_time\": %zu, \"answered_in_all\": %zu, "
        "\"p50_us\": %.1f, \"p99_us\": %.1f, \"sent_late_p99_us\": %.1f, \"cpu_s\": %.3f}\n",
        sent, late.size(), on_time, all, Quantile(&late, .5), Quantile(&late, .99),
        Quantile(&sent_late_us_, .99), cpu_s);
  }

 private:
  bool AllOpen() const {
    return std::all_of(sessions_.begin(), sessions_.end(), [](const auto& s) { return s->open.load(); });
  }

  void Listen() {
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) {
      const auto number = reinterpret_cast<uintptr_t>(tag);
      const auto operation = static_cast<Session::Operation>(number % Session::kOperations);
      sessions_[number / Session::kOperations]->Done(operation, ok, Clock::now());
    }
  }

  static double Quantile(std::vector<double>* values, double share) {
    if (values->empty()) return 0.0;
    auto place = values->begin() + static_cast<size_t>(share * (values->size() - 1));
    std::nth_element(values->begin(), place, values->end());
    return *place;
  }

  const Plan& plan_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<double> sent_late_us_;
  size_t sent_ = 0;  // messages of each session
};

Plan PlanOf(char** given) {
  const std::string answer = given[4];
  const double rate_hz = std::atof(given[6]), warm_up_s = std::atof(given[7]);
  Plan plan;
  plan.address = given[1];
  plan.method = given[2];
  plan.messages = ReadMessages(given[3]);
  plan.answer = answer == "track" ? Answer::kTrack : answer == "many" ? Answer::kMany : Answer::kCount;
  plan.sessions = std::atoi(given[5]);
  plan.period = Nanoseconds(static_cast<int64_t>(1e9 / rate_hz));
  plan.warm_up = Nanoseconds(static_cast<int64_t>(warm_up_s * 1e9));
  return plan;
}

}  // namespace

int main(int count, char** given) {
  if (count != 8) {
    std::cerr << "usage: load ADDRESS METHOD MESSAGES track|many|count SESSIONS RATE_HZ WARM_UP_S\n";
    return 2;
  }
  try {
    const Plan plan = PlanOf(given);
    std::signal(SIGINT, [](int) { stopped = true; });
    auto load = std::make_unique<Load>(plan);
    load->Run();
    load->Print();
    std::fflush(stdout);
    // Streams end with the process: there is nothing to say that the server must wait for.
    std::_Exit(0);
  } catch (const std::exception& error) {
    Give(error.what());
  }
}
