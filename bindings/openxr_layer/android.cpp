/* XR_ANDROID_face_tracking. What the runtime itself sees passes through by region: the lower face, the left and the
 * right upper face, each where the runtime is confident. */
#include <cstring>

#include "layer.h"

namespace vrface {
namespace {

/* A whole answer, of the runtime or of ours, before the application gets as much as it has room for. */
struct State {
  float parameters[XR_FACE_PARAMETER_COUNT_ANDROID] = {}, confidences[XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID] = {};
  XrFaceTrackingStateANDROID tracking = XR_FACE_TRACKING_STATE_STOPPED_ANDROID;
  XrBool32 valid = 0;
  XrTime time = 0;
};

XrResult ask(const Tracker &tracker, const XrFaceStateGetInfoANDROID *info, void *chain, State *state) {
  if (!tracker.underneath) return XR_ERROR_FEATURE_UNSUPPORTED;
  XrFaceStateANDROID theirs = {};
  theirs.type = XR_TYPE_FACE_STATE_ANDROID;
  theirs.next = chain;
  theirs.parametersCapacityInput = XR_FACE_PARAMETER_COUNT_ANDROID;
  theirs.parameters = state->parameters;
  theirs.regionConfidencesCapacityInput = XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID;
  theirs.regionConfidences = state->confidences;
  const XrResult result = tracker.next().xrGetFaceStateANDROID(tracker.underneath, info, &theirs);
  if (result >= 0) {
    state->tracking = theirs.faceTrackingState;
    state->valid = theirs.isValid;
    state->time = theirs.sampleTime;
  }
  return result;
}

void fill(const Tracker &tracker, const vrface_block &face, bool answered, XrTime asked, State *state) {
  float ours[XR_FACE_PARAMETER_COUNT_ANDROID];
  bool sees[XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID], any = false;
  write(ANDROID, face, ours);
  for (int region = 0; region < XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID; region++) {
    sees[region] = answered && state->valid && state->tracking == XR_FACE_TRACKING_STATE_TRACKING_ANDROID &&
                   state->confidences[region] > 0;
    if (!sees[region]) state->confidences[region] = sure(face.confidence[region]);
    any |= sees[region];
  }
  for (int value = 0; value < XR_FACE_PARAMETER_COUNT_ANDROID; value++)
    if (!sees[ANDROID.regions[value]]) state->parameters[value] = ours[value];
  if (!any) state->time = sample_time(tracker, face, asked);
  state->tracking = XR_FACE_TRACKING_STATE_TRACKING_ANDROID;
  state->valid = 1;
}

/* One of the two lists, by the two calls that the specification has for them. */
XrResult give(const float *values, uint32_t count, uint32_t capacity, uint32_t *needed, float *to) {
  *needed = count;
  if (!capacity) return XR_SUCCESS;
  if (!to) return XR_ERROR_VALIDATION_FAILURE;
  if (capacity < count) return XR_ERROR_SIZE_INSUFFICIENT;
  std::memcpy(to, values, count * sizeof *to);
  return XR_SUCCESS;
}

}  // namespace

XrResult xrCreateFaceTrackerANDROID(XrSession handle, const XrFaceTrackerCreateInfoANDROID *info,
                                    XrFaceTrackerANDROID *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Session> session = sessions.find(handle);
    if (!session) return XR_ERROR_HANDLE_INVALID;
    if (!out || !is(info, XR_TYPE_FACE_TRACKER_CREATE_INFO_ANDROID)) return XR_ERROR_VALIDATION_FAILURE;
    auto tracker = std::make_shared<Tracker>(FACE_ANDROID, session);
    return keep(tracker, tracker->next().xrCreateFaceTrackerANDROID, handle, info, out);
  });
}

XrResult xrDestroyFaceTrackerANDROID(XrFaceTrackerANDROID handle) {
  return dropped(handle, FACE_ANDROID, &Functions::xrDestroyFaceTrackerANDROID);
}

XrResult xrGetFaceStateANDROID(XrFaceTrackerANDROID handle, const XrFaceStateGetInfoANDROID *info,
                               XrFaceStateANDROID *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Tracker> tracker = tracker_of(handle, FACE_ANDROID);
    if (!tracker) return XR_ERROR_HANDLE_INVALID;
    if (!is(info, XR_TYPE_FACE_STATE_GET_INFO_ANDROID) || !is(out, XR_TYPE_FACE_STATE_ANDROID))
      return XR_ERROR_VALIDATION_FAILURE;
    if (info->time <= 0) return XR_ERROR_TIME_INVALID;
    State state;
    XrResult result = ask(*tracker, info, out->next, &state);
    if (ends(result)) return result;
    vrface_block face;
    const Presence presence = shown(*tracker, &face);
    if (presence == Presence::HERE) {
      fill(*tracker, face, result >= 0, info->time, &state);
    } else if (result < 0) {
      state = {};
      state.time = info->time;
      if (presence == Presence::AWAY) state.tracking = XR_FACE_TRACKING_STATE_PAUSED_ANDROID;
    }
    const XrResult parameters = give(state.parameters, XR_FACE_PARAMETER_COUNT_ANDROID, out->parametersCapacityInput,
                                     &out->parametersCountOutput, out->parameters);
    const XrResult confidences = give(state.confidences, XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID,
                                      out->regionConfidencesCapacityInput, &out->regionConfidencesCountOutput,
                                      out->regionConfidences);
    if (parameters < 0 || confidences < 0) return parameters < 0 ? parameters : confidences;
    out->faceTrackingState = state.tracking;
    out->sampleTime = state.time;
    out->isValid = state.valid;
    return result < 0 ? XR_SUCCESS : result;
  });
}

XrResult xrGetFaceCalibrationStateANDROID(XrFaceTrackerANDROID handle, XrBool32 *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Tracker> tracker = tracker_of(handle, FACE_ANDROID);
    if (!tracker) return XR_ERROR_HANDLE_INVALID;
    if (!out) return XR_ERROR_VALIDATION_FAILURE;
    if (!tracker->underneath) return XR_ERROR_FEATURE_UNSUPPORTED; /* ours are calibrated by `vrface calibrate` */
    return tracker->next().xrGetFaceCalibrationStateANDROID(tracker->underneath, out);
  });
}

}  // namespace vrface
