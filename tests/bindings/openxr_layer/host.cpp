/* An application that is loader and runtime as well, built with the layer under sanitizers.
 *   host cycles COUNT              instances, sessions and trackers come and go
 *   host wrong                     everything that is no use of a function
 *   host fuzz COUNT SEED FACES     reads while the faces file turns into all sorts of bytes
 *   host watch                     reads on a thread until stdin ends; prints when a face comes (1) and goes (0)
 *   host threads COUNT             four threads use the same layer at once
 *   host chain A.so B.so           two libraries of the layer in one chain
 * Exit code 1 and a line on stderr where something is not as it must be. */
#include <atomic>
#include <cmath>
#include <random>
#include <string>
#include <thread>

#include "chain.h"
#include "vrface_frame_block.h"

extern "C" XrResult xrNegotiateLoaderApiLayerInterface(const XrNegotiateLoaderInfo *, const char *,
                                                       XrNegotiateApiLayerRequest *);

namespace {

const std::vector<const char *> ADDED = {"XR_FB_face_tracking2", "XR_HTC_facial_tracking", "XR_ANDROID_face_tracking"};

/* An application in focus, with a face tracker of each extension. */
struct Application {
  explicit Application(Chain *chain) : chain_(chain) {
    XrSessionCreateInfo info = {};
    info.type = XR_TYPE_SESSION_CREATE_INFO;
    CHECK(FUNCTION(*chain_, xrCreateSession)(chain->instance, &info, &session) == XR_SUCCESS);
    XrEventDataBuffer event = {};
    while (FUNCTION(*chain_, xrPollEvent)(chain->instance, &event) == XR_SUCCESS) {}
    weigh = FUNCTION(*chain_, xrGetFaceExpressionWeights2FB);
    express = FUNCTION(*chain_, xrGetFacialExpressionsHTC);
    state = FUNCTION(*chain_, xrGetFaceStateANDROID);
  }
  void track() {
    XrFaceTrackerCreateInfo2FB fb = {XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB, nullptr, 0, 0, nullptr};
    XrFacialTrackerCreateInfoHTC htc = {XR_TYPE_FACIAL_TRACKER_CREATE_INFO_HTC, nullptr, 2};
    XrFaceTrackerCreateInfoANDROID android_info = {XR_TYPE_FACE_TRACKER_CREATE_INFO_ANDROID, nullptr};
    CHECK(!FUNCTION(*chain_, xrCreateFaceTracker2FB)(session, &fb, &face2));
    CHECK(!FUNCTION(*chain_, xrCreateFacialTrackerHTC)(session, &htc, &facial));
    CHECK(!FUNCTION(*chain_, xrCreateFaceTrackerANDROID)(session, &android_info, &android));
  }
  void forget() {
    CHECK(!FUNCTION(*chain_, xrDestroyFaceTracker2FB)(face2));
    CHECK(!FUNCTION(*chain_, xrDestroyFacialTrackerHTC)(facial));
    CHECK(!FUNCTION(*chain_, xrDestroyFaceTrackerANDROID)(android));
  }
  /* Reads all three: whether there is a face. What is read is a face, or zero. */
  bool read(XrTime *time) {
    float weights[70], confidences[2], lips[37], parameters[68], regions[3];
    XrFaceExpressionInfo2FB info = {XR_TYPE_FACE_EXPRESSION_INFO2_FB, nullptr, vrface_now_ns()};
    XrFaceExpressionWeights2FB fb = {XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB, nullptr, 70, weights, 2, confidences, 7, 7,
    7, 7};
    XrFacialExpressionsHTC htc = {XR_TYPE_FACIAL_EXPRESSIONS_HTC, nullptr, 7, 7, 37, lips};
    XrFaceStateGetInfoANDROID get = {XR_TYPE_FACE_STATE_GET_INFO_ANDROID, nullptr, info.time};
    XrFaceStateANDROID at = {XR_TYPE_FACE_STATE_ANDROID, nullptr, 68, 7, parameters, 7, 7, 7, 3, 7, regions};
    CHECK(weigh(face2, &info, &fb) == XR_SUCCESS && fb.isValid < 2 && fb.isEyeFollowingBlendshapesValid < 2);
    CHECK(express(facial, &htc) == XR_SUCCESS && htc.isActive < 2);
    CHECK(state(android, &get, &at) == XR_SUCCESS && at.isValid < 2 && at.faceTrackingState < 3);
    between(weights, 70, fb.isValid);
    between(confidences, 2, fb.isValid);
    between(lips, 37, htc.isActive);
    between(parameters, 68, at.isValid);
    between(regions, 3, at.isValid);
    *time = fb.time;
    return fb.isValid;
  }
  static void between(const float *values, int count, XrBool32 valid) {
    for (int at = 0; at < count; at++) CHECK(values[at] >= 0 && values[at] <= (valid ? 1.f : 0.f));
  }

  XrSession session = 0;
  XrFaceTracker2FB face2 = 0;
  XrFacialTrackerHTC facial = 0;
  XrFaceTrackerANDROID android = 0;
  decltype(&xrGetFaceExpressionWeights2FB) weigh;
  decltype(&xrGetFacialExpressionsHTC) express;
  decltype(&xrGetFaceStateANDROID) state;

 private:
  Chain *chain_;
};

void cycles(unsigned count) {
  XrTime time;
  for (unsigned cycle = 0; cycle < count; cycle++) {
    Chain chain({xrNegotiateLoaderApiLayerInterface});
    runtime::lists_without_instance = cycle % 2;
    CHECK(chain.create(ADDED) == XR_SUCCESS && runtime::enabled.size() == (cycle % 2));
    for (int session = 0; session < 2; session++) {
      Application application(&chain);
      application.track();
      application.read(&time);
      if (session) application.forget(); /* else they die with their session */
      application.track();
      CHECK(!FUNCTION(chain, xrDestroySession)(application.session));
      XrFacialExpressionsHTC face = {XR_TYPE_FACIAL_EXPRESSIONS_HTC, nullptr, 0, 0, 37, nullptr};
      CHECK(application.express(application.facial, &face) == XR_ERROR_HANDLE_INVALID);
    }
    Application(&chain).track(); /* dies with its instance */
    CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance) && !runtime::created);
  }
}

void wrong() {
  XrNegotiateLoaderInfo loader = {XR_LOADER_INTERFACE_STRUCT_LOADER_INFO, 1, sizeof loader, 2, 3, 0, 0};
  XrNegotiateApiLayerRequest request = {XR_LOADER_INTERFACE_STRUCT_API_LAYER_REQUEST, 1, sizeof request, 0, 0,
                                        nullptr, nullptr};
  CHECK(xrNegotiateLoaderApiLayerInterface(&loader, "", &request) == XR_ERROR_INITIALIZATION_FAILED);
  CHECK(xrNegotiateLoaderApiLayerInterface(nullptr, "", &request) == XR_ERROR_INITIALIZATION_FAILED);
  CHECK(xrNegotiateLoaderApiLayerInterface(&loader, "", nullptr) == XR_ERROR_INITIALIZATION_FAILED);
  Chain chain({xrNegotiateLoaderApiLayerInterface});
  CHECK(chain.create(ADDED) == XR_SUCCESS);
  CHECK(chain.top().createApiLayerInstance(nullptr, nullptr, nullptr) == XR_ERROR_INITIALIZATION_FAILED);
  PFN_xrVoidFunction none = nullptr;
  CHECK(chain.top().getInstanceProcAddr(77, "xrCreateSession", &none) == XR_ERROR_HANDLE_INVALID && !none);
  CHECK(chain.top().getInstanceProcAddr(chain.instance, nullptr, &none) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(chain.top().getInstanceProcAddr(chain.instance, "xrNone", &none) == XR_ERROR_FUNCTION_UNSUPPORTED);
  Application it(&chain);
  it.track();
  CHECK(it.weigh(it.face2, nullptr, nullptr) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(it.express(it.facial, nullptr) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(it.state(it.android, nullptr, nullptr) == XR_ERROR_VALIDATION_FAILURE);
  /* One extension's handle is none of another's. */
  CHECK(it.weigh(it.facial, nullptr, nullptr) == XR_ERROR_HANDLE_INVALID);
  CHECK(it.express(it.android, nullptr) == XR_ERROR_HANDLE_INVALID);
  CHECK(it.state(it.face2, nullptr, nullptr) == XR_ERROR_HANDLE_INVALID);
  XrFaceExpressionInfo2FB info = {XR_TYPE_FACE_EXPRESSION_INFO2_FB, nullptr, 1};
  XrFaceExpressionWeights2FB face = {XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB, nullptr, 70, nullptr, 2, nullptr, 0, 0, 0, 0};
  CHECK(it.weigh(it.face2, &info, &face) == XR_ERROR_VALIDATION_FAILURE);
  const auto create = FUNCTION(chain, xrCreateFaceTracker2FB);
  XrFaceTrackerCreateInfo2FB two = {XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB, nullptr, 0, 2, nullptr};
  CHECK(create(it.session, &two, &it.face2) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(create(it.session, nullptr, &it.face2) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(create(it.session, &two, nullptr) == XR_ERROR_VALIDATION_FAILURE);
  CHECK(create(0, &two, &it.face2) == XR_ERROR_HANDLE_INVALID);
  CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance));
  CHECK(it.express(it.facial, nullptr) == XR_ERROR_HANDLE_INVALID);
}

/* What a server would have written just now. */
void freshen(std::vector<uint8_t> *bytes) {
  const int64_t now_ns = vrface_now_ns();
  std::memcpy(bytes->data() + 24, &now_ns, sizeof now_ns);
  std::memcpy(bytes->data() + 4096 + 48, &now_ns, sizeof now_ns);
  const uint32_t crc = vrface_crc32(bytes->data() + 4096 + 24, 996);
  std::memcpy(bytes->data() + 4096 + 1020, &crc, sizeof crc);
  uint64_t lock; /* each block is another one */
  std::memcpy(&lock, bytes->data() + 4096 + 16, sizeof lock);
  lock += 2;
  std::memcpy(bytes->data() + 4096 + 16, &lock, sizeof lock);
}

/* Noise in the head and in the block, which is given the checksum that it needs in every third round. */
void scribble(std::vector<uint8_t> *bytes, std::mt19937 *random) {
  uint8_t *block = bytes->data() + 4096;
  const bool whole = (*random)() % 3 == 0;
  for (uint32_t byte = (*random)() % 64; byte--;)
    block[whole ? 88 + (*random)() % 900 : (*random)() % 1024] = static_cast<uint8_t>((*random)());
  for (uint32_t byte = (*random)() % 4; byte--;) (*bytes)[(*random)() % 4096] = static_cast<uint8_t>((*random)());
  if (whole) {
    const uint32_t crc = vrface_crc32(block + 24, 996);
    std::memcpy(block + 1020, &crc, sizeof crc);
  }
}

void fuzz(int count, unsigned seed, const char *path) {
  std::mt19937 random(seed);
  std::vector<uint8_t> whole(VRFACE_FILE_BYTES);
  const int file = open(path, O_RDWR);
  CHECK(file >= 0 && pread(file, whole.data(), whole.size(), 0) == static_cast<ssize_t>(whole.size()));
  Chain chain({xrNegotiateLoaderApiLayerInterface});
  CHECK(chain.create(ADDED) == XR_SUCCESS);
  Application application(&chain);
  application.track();
  const auto write = [&](const std::vector<uint8_t> &bytes) {
    CHECK(pwrite(file, bytes.data(), 8192, 0) == 8192);
  };
  int faces = 0;
  XrTime time;
  for (int round = 0; round < count; round++) {
    for (int tries = 0; freshen(&whole), write(whole), !application.read(&time); tries++) {
      CHECK(tries < 1000); /* what was wrong is over: it sees faces again */
      usleep(5000);
    }
    std::vector<uint8_t> bytes = whole;
    freshen(&bytes);
    scribble(&bytes, &random);
    write(bytes);
    faces += application.read(&time);
  }
  close(file);
  CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance));
  std::printf("%d\n", faces);
}

/* A face is never shown that is older than 150 ms, whatever becomes of the service. */
void watch() {
  Chain chain({xrNegotiateLoaderApiLayerInterface});
  CHECK(chain.create(ADDED) == XR_SUCCESS);
  Application application(&chain);
  application.track();
  std::atomic<bool> over{false};
  std::thread client([&] {
    bool was = false;
    for (unsigned reads = 0; !over; reads++) {
      XrTime time = 0;
      const int64_t before_ns = vrface_now_ns();
      const bool valid = application.read(&time);
      CHECK(!valid || before_ns - time <= 150000000);
      if (valid != was) {
        std::printf("%d\n", valid);
        std::fflush(stdout);
      }
      was = valid;
      if (reads % 64 == 0) std::this_thread::yield();
    }
  });
  while (std::getchar() != EOF) {}
  over = true;
  client.join();
  CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance));
}

/* Threads that read one tracker, and make and destroy others, at once. */
void threads(int count) {
  Chain chain({xrNegotiateLoaderApiLayerInterface});
  CHECK(chain.create(ADDED) == XR_SUCCESS);
  Application shared(&chain);
  shared.track();
  std::vector<std::thread> all;
  for (int thread = 0; thread < 4; thread++)
    all.emplace_back([&, own = shared]() mutable {
      XrTime time;
      for (int round = 0; round < count; round++) {
        own.track();
        own.read(&time);
        shared.read(&time);
        own.forget();
      }
    });
  for (std::thread &thread : all) thread.join();
  CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance));
}

void chain_of(const char *first, const char *second) {
  const std::vector<Negotiate> layers = {negotiate_of(first), negotiate_of(second)};
  for (int cycle = 0; cycle < 3; cycle++) {
    Chain chain(layers);
    CHECK(chain.create(ADDED) == XR_SUCCESS && runtime::enabled.size() == 1);
    Application application(&chain);
    application.track();
    application.forget();
    Dl_info from;
    CHECK(dladdr(reinterpret_cast<void *>(FUNCTION(chain, xrCreateFaceTracker2FB)), &from));
    CHECK(std::string(from.dli_fname) == second);
    CHECK(!chain.find<PFN_xrVoidFunction>("xrConvertTimespecTimeToTimeKHR"));
    CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance) && !runtime::created);
  }
}

}  // namespace

int main(int count, char **given) {
  const std::string what = count > 1 ? given[1] : "";
  if (what == "cycles" && count == 3) cycles(static_cast<unsigned>(std::atoi(given[2])));
  else if (what == "wrong" && count == 2) wrong();
  else if (what == "fuzz" && count == 5) fuzz(std::atoi(given[2]), static_cast<unsigned>(std::atoi(given[3])),
  given[4]);
  else if (what == "watch" && count == 2) watch();
  else if (what == "threads" && count == 3) threads(std::atoi(given[2]));
  else if (what == "chain" && count == 4) chain_of(given[2], given[3]);
  else return 2;
  return 0;
}
