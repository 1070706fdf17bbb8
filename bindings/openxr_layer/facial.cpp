/* XR_HTC_facial_tracking: an eye and a lip tracker, apart. One that the runtime finds active passes as it is. */
#include <cstring>

#include "layer.h"

namespace vrface {
namespace {

uint32_t count_of(const Tracker &tracker) {
  return tracker.what == XR_FACIAL_TRACKING_TYPE_EYE_DEFAULT_HTC ? XR_FACIAL_EXPRESSION_EYE_COUNT_HTC
                                                                 : XR_FACIAL_EXPRESSION_LIP_COUNT_HTC;
}

}  // namespace

XrResult xrCreateFacialTrackerHTC(XrSession handle, const XrFacialTrackerCreateInfoHTC *info, XrFacialTrackerHTC *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Session> session = sessions.find(handle);
    if (!session) return XR_ERROR_HANDLE_INVALID;
    if (!out || !is(info, XR_TYPE_FACIAL_TRACKER_CREATE_INFO_HTC) ||
        (info->facialTrackingType != XR_FACIAL_TRACKING_TYPE_EYE_DEFAULT_HTC &&
         info->facialTrackingType != XR_FACIAL_TRACKING_TYPE_LIP_DEFAULT_HTC))
      return XR_ERROR_VALIDATION_FAILURE;
    auto tracker = std::make_shared<Tracker>(FACIAL, session);
    tracker->what = info->facialTrackingType;
    return keep(tracker, tracker->next().xrCreateFacialTrackerHTC, handle, info, out);
  });
}

XrResult xrDestroyFacialTrackerHTC(XrFacialTrackerHTC handle) {
  return dropped(handle, FACIAL, &Functions::xrDestroyFacialTrackerHTC);
}

XrResult xrGetFacialExpressionsHTC(XrFacialTrackerHTC handle, XrFacialExpressionsHTC *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Tracker> tracker = tracker_of(handle, FACIAL);
    if (!tracker) return XR_ERROR_HANDLE_INVALID;
    if (!is(out, XR_TYPE_FACIAL_EXPRESSIONS_HTC) || !out->expressionWeightings) return XR_ERROR_VALIDATION_FAILURE;
    if (out->expressionCount < count_of(*tracker)) return XR_ERROR_SIZE_INSUFFICIENT;
    XrResult result = XR_ERROR_FEATURE_UNSUPPORTED;
    if (tracker->underneath) result = tracker->next().xrGetFacialExpressionsHTC(tracker->underneath, out);
    if (ends(result) || (result >= 0 && out->isActive)) return result;
    const size_t bytes = count_of(*tracker) * sizeof(float);
    vrface_block face;
    if (shown(*tracker, &face) == Presence::HERE) {
      const bool lip = tracker->what == XR_FACIAL_TRACKING_TYPE_LIP_DEFAULT_HTC;
      float ours[XR_FACIAL_EXPRESSION_EYE_COUNT_HTC + XR_FACIAL_EXPRESSION_LIP_COUNT_HTC];
      write(HTC, face, ours); /* the eyes', then the lips' */
      std::memcpy(out->expressionWeightings, ours + (lip ? XR_FACIAL_EXPRESSION_EYE_COUNT_HTC : 0), bytes);
      out->isActive = 1;
      out->sampleTime = sample_time(*tracker, face, 0);
    } else if (result < 0) {
      std::memset(out->expressionWeightings, 0, bytes);
      out->isActive = 0;
      out->sampleTime = time_of(*tracker, vrface_now_ns(), 0);
    }
    return result < 0 ? XR_SUCCESS : result;
  });
}

}  // namespace vrface
