/* What the trackers of all extensions have in common: their handles, the face, the time. */
#include "face_source.h"

namespace vrface {

constexpr int64_t SECOND_NS = 1'000'000'000;

std::shared_ptr<Tracker> tracker_of(uint64_t handle, Extension extension) {
  std::shared_ptr<Tracker> tracker = trackers.find(handle);
  return tracker && tracker->extension == extension ? tracker : nullptr;
}

XrResult keep(std::shared_ptr<Tracker> tracker, XrResult made, uint64_t *handle) {
  static std::atomic<uint64_t> names{0}; /* never given twice: the handle of a dead tracker is nobody's */
  if (ends(made)) return made;
  if (made < 0) tracker->underneath = 0;
  if (!tracker->adds && !tracker->underneath) return XR_ERROR_FEATURE_UNSUPPORTED;
  const uint64_t name = 0x7672660000000000u + ++names;
  trackers.keep(name, std::move(tracker));
  *handle = name;
  return made < 0 ? XR_SUCCESS : made;
}

XrResult dropped(uint64_t handle, Extension extension, XrResult (*Functions::*destroy)(uint64_t)) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Tracker> tracker = tracker_of(handle, extension);
    if (!tracker) return XR_ERROR_HANDLE_INVALID;
    trackers.drop(handle);
    return tracker->underneath ? (tracker->next().*destroy)(tracker->underneath) : XR_SUCCESS;
  });
}

bool ends(XrResult result) {
  return result == XR_ERROR_INSTANCE_LOST || result == XR_ERROR_SESSION_LOST || result == XR_ERROR_HANDLE_INVALID ||
         result == XR_ERROR_PERMISSION_INSUFFICIENT;
}

Presence shown(const Tracker &tracker, vrface_block *face) {
  static FaceSource faces;
  if (!tracker.adds || !tracker.session->focused) return Presence::AWAY;
  return faces.read(face);
}

XrTime sample_time(const Tracker &tracker, const vrface_block &face, XrTime asked) {
  const int64_t most_ns = 10 * SECOND_NS; /* else one of the two is no time of this clock */
  const uint64_t age_ns = static_cast<uint64_t>(face.frame_time_ns) - static_cast<uint64_t>(face.sample_time_ns);
  const bool known = face.sample_time_ns && age_ns <= static_cast<uint64_t>(most_ns);
  return time_of(tracker, face.published_ns - (known ? static_cast<int64_t>(age_ns) : 0), asked);
}

XrTime time_of(const Tracker &tracker, int64_t monotonic_ns, XrTime asked) {
  const Instance &instance = *tracker.session->instance;
  XrTime time = 0;
#ifdef _WIN32
  LARGE_INTEGER rate, count;
  QueryPerformanceFrequency(&rate);
  count.QuadPart = monotonic_ns / SECOND_NS * rate.QuadPart + monotonic_ns % SECOND_NS * rate.QuadPart / SECOND_NS;
  if (instance.next.xrConvertWin32PerformanceCounterToTimeKHR &&
      instance.next.xrConvertWin32PerformanceCounterToTimeKHR(instance.handle, &count, &time) >= 0)
    return time;
#else
  const timespec given = {static_cast<time_t>(monotonic_ns / SECOND_NS), static_cast<long>(monotonic_ns % SECOND_NS)};
  if (instance.next.xrConvertTimespecTimeToTimeKHR &&
      instance.next.xrConvertTimespecTimeToTimeKHR(instance.handle, &given, &time) >= 0)
    return time;
#endif
  /* The runtime cannot tell: as long before the time that was asked for as it is ago. */
  return asked ? asked - (vrface_now_ns() - monotonic_ns) : monotonic_ns;
}

}  // namespace vrface
