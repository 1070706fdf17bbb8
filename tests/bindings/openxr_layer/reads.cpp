/* reads LIBRARY COUNT: an application, loader and runtime in one, that loads a layer's library as it ships. Reads FB's
 * face COUNT times, 10 ms apart, and prints how often there was one. For systems that host.cpp is not for. */
#include <thread>

#include "chain.h"

int main(int count, char **given) {
  CHECK(count == 3);
  Chain chain({negotiate_of(given[1])});
  CHECK(chain.create({"XR_FB_face_tracking2"}) == XR_SUCCESS);
  XrSession session = 0;
  XrFaceTracker2FB tracker = 0;
  XrEventDataBuffer event;
  XrSessionCreateInfo begin = {XR_TYPE_SESSION_CREATE_INFO, nullptr, 0, 0};
  XrFaceTrackerCreateInfo2FB info = {XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB, nullptr, 0, 0, nullptr};
  CHECK(!FUNCTION(chain, xrCreateSession)(chain.instance, &begin, &session));
  CHECK(!FUNCTION(chain, xrPollEvent)(chain.instance, &event));
  CHECK(!FUNCTION(chain, xrCreateFaceTracker2FB)(session, &info, &tracker));
  const auto read = FUNCTION(chain, xrGetFaceExpressionWeights2FB);
  int faces = 0;
  for (int left = std::atoi(given[2]); left--;) {
    float weights[70], confidences[2];
    XrFaceExpressionInfo2FB asked = {XR_TYPE_FACE_EXPRESSION_INFO2_FB, nullptr, 1000000000000};
    XrFaceExpressionWeights2FB face = {XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB, nullptr, 70, weights, 2, confidences, 0, 0,
    0, 0};
    CHECK(!read(tracker, &asked, &face));
    faces += face.isValid && weights[24] > 0 && face.time <= asked.time - 30000000;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(!FUNCTION(chain, xrDestroyInstance)(chain.instance));
  std::printf("%d\n", faces);
  return 0;
}
