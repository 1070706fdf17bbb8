/* What the parts of the layer share: what it knows of each instance, session and tracker while they live. */
#pragma once
#include <atomic>
#include <memory>
#include <new>

#include "handles.h"
#include "openxr_face.h"
#include "vrface_frame_block.h"
#include "vrface_schemes.h"

namespace vrface {

enum Extension : uint32_t { FACE2 = 1, FACIAL = 2, FACE_ANDROID = 4, CONVERT_TIME = 8 };

/* The functions of what is underneath, the next layer or the runtime; null where it has none. */
#define VRFACE_FUNCTIONS(FUNCTION) \
  FUNCTION(xrDestroyInstance) FUNCTION(xrGetSystemProperties) FUNCTION(xrPollEvent) FUNCTION(xrCreateSession) \
  FUNCTION(xrDestroySession) FUNCTION(xrConvertTimespecTimeToTimeKHR) \
  FUNCTION(xrConvertWin32PerformanceCounterToTimeKHR) FUNCTION(xrCreateFaceTracker2FB) \
  FUNCTION(xrDestroyFaceTracker2FB) FUNCTION(xrGetFaceExpressionWeights2FB) FUNCTION(xrCreateFacialTrackerHTC) \
  FUNCTION(xrDestroyFacialTrackerHTC) FUNCTION(xrGetFacialExpressionsHTC) FUNCTION(xrCreateFaceTrackerANDROID) \
  FUNCTION(xrDestroyFaceTrackerANDROID) FUNCTION(xrGetFaceStateANDROID) FUNCTION(xrGetFaceCalibrationStateANDROID)
struct Functions {
  PFN_xrGetInstanceProcAddr xrGetInstanceProcAddr = nullptr;
#define VRFACE_FUNCTION(name) decltype(&::name) name = nullptr;
  VRFACE_FUNCTIONS(VRFACE_FUNCTION)
#undef VRFACE_FUNCTION
};

/* `enabled`: the extensions that the application enabled; `underneath`: those that what is underneath has. */
struct Instance {
  XrInstance handle = 0;
  Functions next;
  uint32_t enabled = 0, underneath = 0;
  bool adds = true;  /* whether it shows faces of ours */
  bool idle = false; /* whether all is left to the same layer further down */
};
struct Session {
  std::shared_ptr<Instance> instance;
  std::atomic<bool> focused{false};
};
/* `what`: HTC's type; `underneath`: the runtime's own tracker, 0 where it has none. */
struct Tracker {
  Tracker(Extension of, std::shared_ptr<Session> in)
    : extension(of), session(std::move(in)), adds(session->instance->adds) {}
  Extension extension;
  std::shared_ptr<Session> session;
  uint64_t underneath = 0;
  int32_t what = 0;
  bool adds;
  const Functions &next() const { return session->instance->next; }
};

inline Handles<Instance> instances;
inline Handles<Session> sessions;
inline Handles<Tracker> trackers;

/* The tracker of a handle, null where it is none of this extension. */
std::shared_ptr<Tracker> tracker_of(uint64_t handle, Extension extension);
/* Gives a tracker its handle, or the application the reason why there is none; `made`: how the runtime's own went. */
XrResult keep(std::shared_ptr<Tracker> tracker, XrResult made, uint64_t *handle);
/* The same, the runtime's own made first; `create`: its function for that, null where it has none. */
template <class Info>
XrResult keep(std::shared_ptr<Tracker> tracker, XrResult (*create)(XrSession, const Info *, uint64_t *),
              XrSession session, const Info *info, uint64_t *handle) {
  const XrResult made = create ? create(session, info, &tracker->underneath) : XR_SUCCESS;
  return keep(std::move(tracker), made, handle);
}
/* Ends a tracker, and the runtime's own with it; `destroy`: its function for that. */
XrResult dropped(uint64_t handle, Extension extension, XrResult (*Functions::*destroy)(uint64_t));
/* Whether a result says that nobody can go on, or that the application may not see a face: then it is the answer. */
bool ends(XrResult result);

enum class Presence { GONE, AWAY, HERE }; /* no server; nobody to be shown; a face of now */
Presence shown(const Tracker &tracker, vrface_block *face);
/* When the newest sample behind a face was taken; an instant of this machine's clock. `asked`: what time the face was
 * asked for, 0 = none. */
XrTime sample_time(const Tracker &tracker, const vrface_block &face, XrTime asked);
XrTime time_of(const Tracker &tracker, int64_t monotonic_ns, XrTime asked);
/* The values of a scheme for a face; 0 where it has none. */
void write(const Scheme &scheme, const vrface_block &face, float *values);

inline float sure(float confidence) { return confidence >= 0 ? confidence : 0; }
template <class Structure> bool is(const Structure *given, XrStructureType type) {
  return given && given->type == type;
}
/* A function of OpenXR: nothing but its result leaves it. */
template <class Body> XrResult guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return XR_ERROR_OUT_OF_MEMORY;
  } catch (...) {
    return XR_ERROR_RUNTIME_FAILURE;
  }
}

XrResult xrCreateFaceTracker2FB(XrSession, const XrFaceTrackerCreateInfo2FB *, XrFaceTracker2FB *);
XrResult xrDestroyFaceTracker2FB(XrFaceTracker2FB);
XrResult xrGetFaceExpressionWeights2FB(XrFaceTracker2FB, const XrFaceExpressionInfo2FB *, XrFaceExpressionWeights2FB *);
XrResult xrCreateFacialTrackerHTC(XrSession, const XrFacialTrackerCreateInfoHTC *, XrFacialTrackerHTC *);
XrResult xrDestroyFacialTrackerHTC(XrFacialTrackerHTC);
XrResult xrGetFacialExpressionsHTC(XrFacialTrackerHTC, XrFacialExpressionsHTC *);
XrResult xrCreateFaceTrackerANDROID(XrSession, const XrFaceTrackerCreateInfoANDROID *, XrFaceTrackerANDROID *);
XrResult xrDestroyFaceTrackerANDROID(XrFaceTrackerANDROID);
XrResult xrGetFaceStateANDROID(XrFaceTrackerANDROID, const XrFaceStateGetInfoANDROID *, XrFaceStateANDROID *);
XrResult xrGetFaceCalibrationStateANDROID(XrFaceTrackerANDROID, XrBool32 *);

}  // namespace vrface
