/* openxr_layer LAYER.so FRAMES: what a layer's calls take an application that goes on with every new face, while a
 * server publishes. Prints a line for each: `first` and the nanoseconds of the first call after a face came, `fb2`,
 * `eyes`, `lips` or `android` and those of a further one, `block` and those of a read of the frame block alone, `age`
 * and those since the sample behind a face. */
#include <unistd.h>

#include "chain.h"
#include "vrface_frame_block.h"

namespace {

const std::vector<const char *> EXTENSIONS = {
  "XR_FB_face_tracking2", "XR_HTC_facial_tracking", "XR_ANDROID_face_tracking"};
float weights[70], confidences[3];
XrFaceTracker2FB face2;
XrFacialTrackerHTC eyes, lips;
XrFaceTrackerANDROID android_face;
decltype(&xrGetFaceExpressionWeights2FB) weigh;
decltype(&xrGetFacialExpressionsHTC) express;
decltype(&xrGetFaceStateANDROID) state;

void track(const Chain &chain) {
  XrSession session;
  XrSessionCreateInfo info = {};
  XrEventDataBuffer event;
  XrFaceTrackerCreateInfo2FB fb = {XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB, nullptr, 0, 0, nullptr};
  XrFacialTrackerCreateInfoHTC htc = {XR_TYPE_FACIAL_TRACKER_CREATE_INFO_HTC, nullptr, 1};
  XrFaceTrackerCreateInfoANDROID android_info = {XR_TYPE_FACE_TRACKER_CREATE_INFO_ANDROID, nullptr};
  info.type = XR_TYPE_SESSION_CREATE_INFO;
  CHECK(!FUNCTION(chain, xrCreateSession)(chain.instance, &info, &session));
  CHECK(!FUNCTION(chain, xrPollEvent)(chain.instance, &event));
  CHECK(!FUNCTION(chain, xrCreateFaceTracker2FB)(session, &fb, &face2));
  CHECK(!FUNCTION(chain, xrCreateFacialTrackerHTC)(session, &htc, &eyes));
  htc.facialTrackingType = 2;
  CHECK(!FUNCTION(chain, xrCreateFacialTrackerHTC)(session, &htc, &lips));
  CHECK(!FUNCTION(chain, xrCreateFaceTrackerANDROID)(session, &android_info, &android_face));
  weigh = FUNCTION(chain, xrGetFaceExpressionWeights2FB);
  express = FUNCTION(chain, xrGetFacialExpressionsHTC);
  state = FUNCTION(chain, xrGetFaceStateANDROID);
}

/* Reads FB's face: how old its sample is, or -1 where there is no face. */
int64_t read_face2() {
  XrFaceExpressionInfo2FB info = {XR_TYPE_FACE_EXPRESSION_INFO2_FB, nullptr, vrface_now_ns()};
  XrFaceExpressionWeights2FB face = {XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB, nullptr, 70, weights, 2, confidences, 0, 0,
  0, 0};
  CHECK(!weigh(face2, &info, &face));
  return face.isValid ? vrface_now_ns() - face.time : -1;
}
void read_facial(XrFacialTrackerHTC tracker, uint32_t count) {
  XrFacialExpressionsHTC face = {XR_TYPE_FACIAL_EXPRESSIONS_HTC, nullptr, 0, 0, count, weights};
  CHECK(!express(tracker, &face));
}
void read_android() {
  XrFaceStateGetInfoANDROID info = {XR_TYPE_FACE_STATE_GET_INFO_ANDROID, nullptr, vrface_now_ns()};
  XrFaceStateANDROID face = {XR_TYPE_FACE_STATE_ANDROID, nullptr, 68, 0, weights, 0, 0, 0, 3, 0, confidences};
  CHECK(!state(android_face, &info, &face));
}

const char *const NAMES[] = {"fb2", "eyes", "lips", "android"};
void read(int which) {
  if (which == 0) read_face2();
  else if (which == 3) read_android();
  else read_facial(which == 1 ? eyes : lips, which == 1 ? 14 : 37);
}

template <class Call> void timed(const char *name, Call call) {
  const int64_t began_ns = vrface_now_ns();
  call();
  std::printf("%s %lld\n", name, static_cast<long long>(vrface_now_ns() - began_ns));
}

void wait_for_a_face() {
  for (int tries = 0; read_face2() < 0; tries++) {
    CHECK(tries < 3000);
    usleep(10000);
  }
}

}  // namespace

int main(int count, char **given) {
  CHECK(count == 3);
  Chain chain({negotiate_of(given[1])});
  CHECK(!chain.create(EXTENSIONS));
  track(chain);
  wait_for_a_face();
  const uint8_t *faces = vrface_open(nullptr);
  vrface_block block;
  CHECK(faces && vrface_read(faces, nullptr, &block) == VRFACE_FACE);
  uint8_t session[16];
  std::memcpy(session, block.session, sizeof session);
  for (int frame = 0; frame < std::atoi(given[2]); frame++) {
    const uint64_t last = block.lock;
    while (vrface_read(faces, session, &block) != VRFACE_FACE || block.lock == last) {} /* a game does not sleep */
    for (int call = 0; call < 4; call++) {
      const int which = (frame + call) % 4;
      timed(call ? NAMES[which] : "first", [&] { read(which); });
    }
    timed("block", [&] { vrface_read(faces, session, &block); });
    const int64_t age_ns = read_face2();
    if (age_ns >= 0) std::printf("age %lld\n", static_cast<long long>(age_ns));
  }
  return 0;
}
