/* XR_FB_face_tracking2. What the runtime itself sees passes through, by region: the eyes' following where it says that
 * it is valid, the lower and the upper face where it is confident. What it guesses from sound gives way to ours. */
#include "layer.h"

namespace vrface {
namespace {

bool looks(int value) {
  return value >= XR_FACE_EXPRESSION2_EYES_LOOK_DOWN_L_FB && value <= XR_FACE_EXPRESSION2_EYES_LOOK_UP_R_FB;
}

void fill(const Tracker &tracker, const vrface_block &face, bool answered, XrTime asked,
          XrFaceExpressionWeights2FB *out) {
  float ours[XR_FACE_EXPRESSION2_COUNT_FB];
  write(FB2, face, ours);
  const bool seen = answered && out->isValid && out->dataSource == XR_FACE_TRACKING_DATA_SOURCE2_VISUAL_FB;
  const bool lower = seen && out->confidences[XR_FACE_CONFIDENCE2_LOWER_FACE_FB] > 0;
  const bool upper = seen && out->confidences[XR_FACE_CONFIDENCE2_UPPER_FACE_FB] > 0;
  const bool eyes = seen && out->isEyeFollowingBlendshapesValid, ours_eyes = face.flags & VRFACE_EYES;
  for (int value = 0; value < XR_FACE_EXPRESSION2_COUNT_FB; value++) {
    if (looks(value) ? eyes : FB2.regions[value] ? upper : lower) continue;
    out->weights[value] = looks(value) && !ours_eyes ? 0 : ours[value];
  }
  const float left = sure(face.confidence[1]), right = sure(face.confidence[2]);
  if (!lower) out->confidences[XR_FACE_CONFIDENCE2_LOWER_FACE_FB] = sure(face.confidence[0]);
  if (!upper) out->confidences[XR_FACE_CONFIDENCE2_UPPER_FACE_FB] = left < right ? left : right;
  if (!lower && !upper && !eyes) out->time = sample_time(tracker, face, asked);
  out->isEyeFollowingBlendshapesValid = eyes || ours_eyes;
  out->isValid = 1;
  out->dataSource = XR_FACE_TRACKING_DATA_SOURCE2_VISUAL_FB;
}

}  // namespace

XrResult xrCreateFaceTracker2FB(XrSession handle, const XrFaceTrackerCreateInfo2FB *info, XrFaceTracker2FB *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Session> session = sessions.find(handle);
    uint32_t sources = 0;
    if (!session) return XR_ERROR_HANDLE_INVALID;
    if (!out || !is(info, XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB) ||
        info->faceExpressionSet != XR_FACE_EXPRESSION_SET2_DEFAULT_FB ||
        (info->requestedDataSourceCount && !info->requestedDataSources))
      return XR_ERROR_VALIDATION_FAILURE;
    for (uint32_t at = 0; at < info->requestedDataSourceCount; at++) {
      const XrFaceTrackingDataSource2FB source = info->requestedDataSources[at];
      if (source < 0 || source > XR_FACE_TRACKING_DATA_SOURCE2_AUDIO_FB || (sources >> source & 1))
        return XR_ERROR_VALIDATION_FAILURE;
      sources |= 1u << source;
    }
    auto tracker = std::make_shared<Tracker>(FACE2, session);
    /* Who accepts sound alone may not be given what eyes or cameras told us. */
    tracker->adds &= sources != 1u << XR_FACE_TRACKING_DATA_SOURCE2_AUDIO_FB;
    return keep(tracker, tracker->next().xrCreateFaceTracker2FB, handle, info, out);
  });
}

XrResult xrDestroyFaceTracker2FB(XrFaceTracker2FB handle) {
  return dropped(handle, FACE2, &Functions::xrDestroyFaceTracker2FB);
}

XrResult xrGetFaceExpressionWeights2FB(XrFaceTracker2FB handle, const XrFaceExpressionInfo2FB *info,
                                       XrFaceExpressionWeights2FB *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Tracker> tracker = tracker_of(handle, FACE2);
    if (!tracker) return XR_ERROR_HANDLE_INVALID;
    if (!is(info, XR_TYPE_FACE_EXPRESSION_INFO2_FB) || !is(out, XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB) ||
        out->weightCount != XR_FACE_EXPRESSION2_COUNT_FB || !out->weights ||
        out->confidenceCount != XR_FACE_CONFIDENCE2_COUNT_FB || !out->confidences)
      return XR_ERROR_VALIDATION_FAILURE;
    if (info->time <= 0) return XR_ERROR_TIME_INVALID;
    XrResult result = XR_ERROR_FEATURE_UNSUPPORTED;
    if (tracker->underneath) result = tracker->next().xrGetFaceExpressionWeights2FB(tracker->underneath, info, out);
    if (ends(result)) return result;
    vrface_block face;
    if (shown(*tracker, &face) == Presence::HERE) {
      fill(*tracker, face, result >= 0, info->time, out);
    } else if (result < 0) {
      for (uint32_t at = 0; at < out->weightCount; at++) out->weights[at] = 0;
      out->confidences[0] = out->confidences[1] = 0;
      out->isValid = out->isEyeFollowingBlendshapesValid = 0;
      out->dataSource = XR_FACE_TRACKING_DATA_SOURCE2_VISUAL_FB;
      out->time = info->time;
    }
    return result < 0 ? XR_SUCCESS : result;
  });
}

}  // namespace vrface
