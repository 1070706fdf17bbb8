// usage: track --address HOST:PORT FRAMES.jsonl
//
// Replays recorded requests and prints the faces. FRAMES.jsonl holds one TrackRequest a line, in
// protobuf's JSON: Open first, then frames. ../README.md says what is printed.
//
// For a game take the Session: open it, `step` it in a thread of your own with the newest samples, and
// let the render thread read the newest face. Inside an OpenXR layer or where gRPC's libraries are too
// much, read the frame block instead.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <google/protobuf/util/json_util.h>

#include "vrface/v1/expression_service.grpc.pb.h"

namespace v1 = vrface::v1;

namespace {

constexpr std::chrono::seconds kAnswerWithin{5};
constexpr std::chrono::seconds kReplayWithin{60};  // a lost answer ends a replay, it does not hang it

// One wearer's stream: sensor frames up, faces down.
class Session {
 public:
  // Throws std::runtime_error if no server answers, or with its reason and advice.
  Session(const std::string& address, v1::TrackRequest open)
      : channel_(Connect(address)), stub_(v1::ExpressionService::NewStub(channel_)) {
    context_.set_deadline(std::chrono::system_clock::now() + kReplayWithin);
    stream_ = stub_->Track(&context_);
    Send(std::move(open));
    while (!opened_.has_blendshapes()) Receive();
  }

  // Names of the weights and the headset as the server reads it: its streams and their channels' order.
  const v1::Opened& opened() const { return opened_; }

  // The face of one frame. Send the next frame only then: the server is latest-wins, so of frames that
  // wait there only the newest gets a face, with the samples of those it overtook.
  const v1::Expression& Step(v1::TrackRequest request) {
    const std::uint64_t wanted = request.frame().sequence();
    Send(std::move(request));
    do Receive();
    while (newest_.sequence() < wanted);
    return newest_;
  }

  // Send any request, with the ack that gives the server credit for more faces.
  void Send(v1::TrackRequest request) {
    request.set_ack(newest_.sequence());
    if (stream_->Write(request)) return;
    while (stream_->Read(&response_)) Take();  // why it ended stands in what is not read yet
    Fail();
  }

  // Say End and read what the server still has to say.
  void Close() {
    v1::TrackRequest end;
    end.mutable_end();
    Send(std::move(end));
    stream_->WritesDone();
    while (stream_->Read(&response_)) Take();
    if (const grpc::Status status = stream_->Finish(); !status.ok()) throw Error(status);
  }

 private:
  static std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
    grpc::ChannelArguments arguments;
    // A proxy of the surroundings has no business between an engine and its face server.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + kAnswerWithin)) {
      throw std::runtime_error("no server at " + address + ". Start one with `vrface serve`.");
    }
    return channel;
  }

  void Receive() {
    if (!stream_->Read(&response_)) Fail();
    Take();
  }

  void Take() {
    switch (response_.message_case()) {
      case v1::TrackResponse::kOpened:
        opened_ = response_.opened();
        break;
      case v1::TrackResponse::kExpression:
        newest_ = response_.expression();
        break;
      case v1::TrackResponse::kNotice:
        std::cerr << response_.notice().text() << " " << response_.notice().advice() << "\n";
        break;
      case v1::TrackResponse::kEnd:
        reason_ = response_.end().reason();
        break;
      default:  // what a later server may say; a client that stays should heed GoAway
        break;
    }
  }

  [[noreturn]] void Fail() {
    const grpc::Status status = stream_->Finish();
    if (status.ok()) throw std::runtime_error("the session has ended: " + reason_ + ".");
    throw Error(status);
  }

  // What the server's status means, with its advice.
  std::runtime_error Error(const grpc::Status& status) const {
    std::string text = status.error_message();
    const auto& trailing = context_.GetServerTrailingMetadata();
    if (const auto advice = trailing.find("vrface-advice"); advice != trailing.end()) {
      text += " " + std::string(advice->second.data(), advice->second.size());
    }
    return std::runtime_error(text);
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ExpressionService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::TrackRequest, v1::TrackResponse>> stream_;
  v1::TrackResponse response_;
  v1::Opened opened_;
  v1::Expression newest_;
  std::string reason_;  // why the server ended the stream
};

std::string Quoted(const std::string& name) { return '"' + name + '"'; }

// Nine digits give a float back exactly. JSON has no NaN: what has no value is null.
std::string Number(float value) {
  if (!std::isfinite(value)) return "null";
  char text[24];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

template <typename Values, typename Told>
std::string List(const Values& values, Told told) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ",") + told(value);
  return '[' + text + ']';
}

void Print(const v1::Opened& opened) {
  std::vector<std::string> names(opened.blendshapes().names().begin(), opened.blendshapes().names().end());
  names.insert(names.end(), opened.extras().begin(), opened.extras().end());
  std::cout << "{\"names\":" << List(names, Quoted) << ",\"extras\":" << List(opened.extras(), Quoted)
            << "}\n";
}

void Print(const v1::Expression& face) {
  const auto byte = [](char source) { return std::to_string(static_cast<unsigned char>(source)); };
  std::cout << "{\"sequence\":" << face.sequence()  //
            << ",\"frameTimeNs\":" << Quoted(std::to_string(face.frame_time_ns()))
            << ",\"sampleTimeNs\":" << Quoted(std::to_string(face.sample_time_ns()))
            << ",\"status\":" << Quoted(v1::FaceStatus_Name(face.status()))
            << ",\"weights\":" << List(face.weights(), Number)
            << ",\"stddev\":" << List(face.stddev(), Number)
            << ",\"source\":" << List(face.source(), byte)
            << ",\"confidence\":" << List(face.confidence(), Number)
            << ",\"gaze\":" << List(face.gaze(), Number) << "}\n";
}

std::vector<v1::TrackRequest> Load(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path + ".");
  std::vector<v1::TrackRequest> requests;
  for (std::string line; std::getline(file, line);) {
    const auto status = google::protobuf::util::JsonStringToMessage(line, &requests.emplace_back());
    if (!status.ok()) throw std::runtime_error(path + ": " + status.ToString());
  }
  if (requests.empty() || !requests.front().has_open()) {
    throw std::runtime_error(path + ": the first line is no Open.");
  }
  return requests;
}

void Run(const std::string& address, const std::string& path) {
  const std::vector<v1::TrackRequest> requests = Load(path);
  Session session(address, requests.front());
  Print(session.opened());
  for (auto request = requests.begin() + 1; request != requests.end(); ++request) {
    if (request->has_frame()) {
      Print(session.Step(*request));
    } else {
      session.Send(*request);
    }
  }
  session.Close();
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() != 3 || words[0] != "--address") {
    std::cerr << "usage: track --address HOST:PORT FRAMES.jsonl\n";
    return 2;
  }
  try {
    Run(words[1], words[2]);
  } catch (const std::exception& error) {
    std::cerr << "track: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
