/* The layer's side towards OpenXR's loader: instances, the functions they have, systems, sessions. */
#include "layer.h"

#include <cstdlib>
#include <cstring>
#include <vector>

#ifdef _WIN32
#define VRFACE_EXPORT extern "C" __declspec(dllexport)
#define VRFACE_CONVERT "XR_KHR_win32_convert_performance_counter_time"
#else
#define VRFACE_EXPORT extern "C" __attribute__((visibility("default")))
#define VRFACE_CONVERT "XR_KHR_convert_timespec_time"
#endif

namespace vrface {
namespace {

constexpr struct { const char *name; Extension extension; } EXTENSIONS[] = {
  {"XR_FB_face_tracking2", FACE2}, {"XR_HTC_facial_tracking", FACIAL}, {"XR_ANDROID_face_tracking", FACE_ANDROID},
  {VRFACE_CONVERT, CONVERT_TIME}};

uint32_t extension_of(const char *name) {
  for (const auto &known : EXTENSIONS) if (!std::strcmp(known.name, name)) return known.extension;
  return 0;
}

template <class Function> Function found(PFN_xrGetInstanceProcAddr get, XrInstance instance, const char *name) {
  PFN_xrVoidFunction function = nullptr;
  return get(instance, name, &function) >= 0 ? reinterpret_cast<Function>(function) : nullptr;
}

/* Which of EXTENSIONS what is underneath has. False = it does not say: some layers need an instance for that. */
bool offered(PFN_xrGetInstanceProcAddr get, uint32_t *extensions) {
  const auto list = found<decltype(&::xrEnumerateInstanceExtensionProperties)>(
    get, 0, "xrEnumerateInstanceExtensionProperties");
  uint32_t count = 0;
  if (!list || list(nullptr, 0, &count, nullptr) < 0) return false;
  std::vector<XrExtensionProperties> all(count, {XR_TYPE_EXTENSION_PROPERTIES, nullptr, {}, 0});
  if (count && list(nullptr, count, &count, all.data()) < 0) return false;
  for (const XrExtensionProperties &one : all) *extensions |= extension_of(one.extensionName);
  return true;
}

/* Whether the same layer is in the chain again, further down. */
bool again(const XrApiLayerNextInfo *own) {
  for (const XrApiLayerNextInfo *at = own->next; at; at = at->next)
    if (!std::strncmp(at->layerName, own->layerName, sizeof at->layerName)) return true;
  return false;
}

/* The next one's instance, with these extensions. */
XrResult hand_on(const char *const *names, uint32_t count, const XrInstanceCreateInfo *info,
                 const XrApiLayerCreateInfo *layer, Instance *instance) {
  XrApiLayerCreateInfo handed_layer = *layer;
  handed_layer.nextInfo = layer->nextInfo->next;
  XrInstanceCreateInfo handed = *info;
  handed.enabledExtensionCount = count;
  handed.enabledExtensionNames = names;
  return layer->nextInfo->nextCreateApiLayerInstance(&handed, &handed_layer, &instance->handle);
}

/* The application's instance: handed on without what we add and `offers` lacks, and with what we need and it has. */
XrResult create_with(uint32_t offers, const XrInstanceCreateInfo *info, const XrApiLayerCreateInfo *layer,
                     Instance *instance) {
  std::vector<const char *> names;
  instance->enabled = 0;
  for (uint32_t at = 0; at < info->enabledExtensionCount; at++) {
    const uint32_t extension = extension_of(info->enabledExtensionNames[at]);
    instance->enabled |= extension;
    if (!extension || extension == CONVERT_TIME || (offers & extension))
      names.push_back(info->enabledExtensionNames[at]);
  }
  if (offers & CONVERT_TIME & ~instance->enabled) names.push_back(VRFACE_CONVERT);
  instance->underneath = offers & instance->enabled;
  return hand_on(names.data(), static_cast<uint32_t>(names.size()), info, layer, instance);
}

XrResult create_underneath(const XrInstanceCreateInfo *info, const XrApiLayerCreateInfo *layer, Instance *instance) {
  uint32_t offers = 0;
  if (offered(layer->nextInfo->nextGetInstanceProcAddr, &offers)) return create_with(offers, info, layer, instance);
  const XrResult result = create_with(FACE2 | FACIAL | FACE_ANDROID | CONVERT_TIME, info, layer, instance);
  return result == XR_ERROR_EXTENSION_NOT_PRESENT ? create_with(0, info, layer, instance) : result;
}

void find_functions(Instance *instance) {
#define VRFACE_FUNCTION(name) \
  instance->next.name = found<decltype(&::name)>(instance->next.xrGetInstanceProcAddr, instance->handle, #name);
  VRFACE_FUNCTIONS(VRFACE_FUNCTION)
#undef VRFACE_FUNCTION
}

XrResult xrDestroyInstance(XrInstance handle) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Instance> instance = instances.find(handle);
    if (!instance) return XR_ERROR_HANDLE_INVALID;
    const XrResult result = instance->next.xrDestroyInstance(handle);
    if (result < 0) return result;
    trackers.drop_if([&](const Tracker &tracker) { return tracker.session->instance == instance; });
    sessions.drop_if([&](const Session &session) { return session.instance == instance; });
    instances.drop(handle);
    return result;
  });
}

/* Structures of a chain begin alike. */
struct Chained { XrStructureType type; Chained *next; };

XrResult xrGetSystemProperties(XrInstance handle, XrSystemId system, XrSystemProperties *properties) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Instance> instance = instances.find(handle);
    if (!instance) return XR_ERROR_HANDLE_INVALID;
    const XrResult result = instance->next.xrGetSystemProperties(handle, system, properties);
    if (result < 0) return result;
    const auto ours = [&](Extension extension) { return (instance->enabled & extension) != 0; };
    const auto theirs = [&](Extension extension) { return (instance->underneath & extension) != 0; };
    const XrBool32 adds = instance->adds;
    for (auto *at = static_cast<Chained *>(properties->next); at; at = at->next) {
      if (at->type == XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES2_FB && ours(FACE2)) {
        auto *face2 = reinterpret_cast<XrSystemFaceTrackingProperties2FB *>(at);
        if (adds || !theirs(FACE2)) face2->supportsVisualFaceTracking = adds;
        if (!theirs(FACE2)) face2->supportsAudioFaceTracking = 0;
      } else if (at->type == XR_TYPE_SYSTEM_FACIAL_TRACKING_PROPERTIES_HTC && ours(FACIAL)) {
        auto *facial = reinterpret_cast<XrSystemFacialTrackingPropertiesHTC *>(at);
        if (adds || !theirs(FACIAL)) facial->supportEyeFacialTracking = facial->supportLipFacialTracking = adds;
      } else if (at->type == XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES_ANDROID && ours(FACE_ANDROID)) {
        auto *android = reinterpret_cast<XrSystemFaceTrackingPropertiesANDROID *>(at);
        if (adds || !theirs(FACE_ANDROID)) android->supportsFaceTracking = adds;
      }
    }
    return result;
  });
}

XrResult xrCreateSession(XrInstance handle, const XrSessionCreateInfo *info, XrSession *out) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Instance> instance = instances.find(handle);
    if (!instance) return XR_ERROR_HANDLE_INVALID;
    auto session = std::make_shared<Session>();
    session->instance = instance;
    const XrResult result = instance->next.xrCreateSession(handle, info, out);
    if (result >= 0) sessions.keep(*out, session);
    return result;
  });
}

XrResult xrDestroySession(XrSession handle) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Session> session = sessions.find(handle);
    if (!session) return XR_ERROR_HANDLE_INVALID;
    const XrResult result = session->instance->next.xrDestroySession(handle);
    if (result < 0) return result;
    trackers.drop_if([&](const Tracker &tracker) { return tracker.session == session; });
    sessions.drop(handle);
    return result;
  });
}

/* A face is for the application in focus. */
XrResult xrPollEvent(XrInstance handle, XrEventDataBuffer *event) {
  return guarded([&]() -> XrResult {
    const std::shared_ptr<Instance> instance = instances.find(handle);
    if (!instance) return XR_ERROR_HANDLE_INVALID;
    const XrResult result = instance->next.xrPollEvent(handle, event);
    if (result != XR_SUCCESS || event->type != XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED) return result;
    const auto *changed = reinterpret_cast<const XrEventDataSessionStateChanged *>(event);
    if (const std::shared_ptr<Session> session = sessions.find(changed->session))
      session->focused = changed->state == XR_SESSION_STATE_FOCUSED;
    return result;
  });
}

XrResult xrGetInstanceProcAddr(XrInstance, const char *, PFN_xrVoidFunction *);

/* Functions of ours. `always`: of an idle layer too; `extension`: there only if the application enabled it. */
#define VRFACE_OURS(name, extension) {#name, false, extension, reinterpret_cast<PFN_xrVoidFunction>(name)}
const struct { const char *name; bool always; uint32_t extension; PFN_xrVoidFunction function; } OURS[] = {
  {"xrGetInstanceProcAddr", true, 0, reinterpret_cast<PFN_xrVoidFunction>(xrGetInstanceProcAddr)},
  {"xrDestroyInstance", true, 0, reinterpret_cast<PFN_xrVoidFunction>(xrDestroyInstance)},
  VRFACE_OURS(xrGetSystemProperties, 0), VRFACE_OURS(xrCreateSession, 0), VRFACE_OURS(xrDestroySession, 0),
  VRFACE_OURS(xrPollEvent, 0),
  VRFACE_OURS(xrCreateFaceTracker2FB, FACE2), VRFACE_OURS(xrDestroyFaceTracker2FB, FACE2),
  VRFACE_OURS(xrGetFaceExpressionWeights2FB, FACE2), VRFACE_OURS(xrCreateFacialTrackerHTC, FACIAL),
  VRFACE_OURS(xrDestroyFacialTrackerHTC, FACIAL), VRFACE_OURS(xrGetFacialExpressionsHTC, FACIAL),
  VRFACE_OURS(xrCreateFaceTrackerANDROID, FACE_ANDROID), VRFACE_OURS(xrDestroyFaceTrackerANDROID, FACE_ANDROID),
  VRFACE_OURS(xrGetFaceStateANDROID, FACE_ANDROID), VRFACE_OURS(xrGetFaceCalibrationStateANDROID, FACE_ANDROID)};
/* What only we enabled is not the application's. */
const char *const CONVERTING[] = {"xrConvertTimespecTimeToTimeKHR", "xrConvertTimeToTimespecTimeKHR",
  "xrConvertWin32PerformanceCounterToTimeKHR", "xrConvertTimeToWin32PerformanceCounterKHR"};

XrResult xrGetInstanceProcAddr(XrInstance handle, const char *name, PFN_xrVoidFunction *function) {
  return guarded([&]() -> XrResult {
    if (!name || !function) return XR_ERROR_VALIDATION_FAILURE;
    *function = nullptr;
    const std::shared_ptr<Instance> instance = instances.find(handle);
    if (!instance) return XR_ERROR_HANDLE_INVALID;
    for (const auto &one : OURS) {
      const bool needed = one.always || !instance->idle;
      if (std::strcmp(one.name, name) || !needed || (one.extension & ~instance->enabled)) continue;
      *function = one.function;
      return XR_SUCCESS;
    }
    for (const char *converting : CONVERTING)
      if (!std::strcmp(converting, name) && !instance->idle && !(instance->enabled & CONVERT_TIME))
        return XR_ERROR_FUNCTION_UNSUPPORTED;
    return instance->next.xrGetInstanceProcAddr(handle, name, function);
  });
}

XrResult create_instance(const XrInstanceCreateInfo *info, const XrApiLayerCreateInfo *layer, XrInstance *out) {
  return guarded([&]() -> XrResult {
    if (!out || !is(info, XR_TYPE_INSTANCE_CREATE_INFO) || !layer || !layer->nextInfo)
      return XR_ERROR_INITIALIZATION_FAILED;
    const char *wish = std::getenv("VRFACE_OPENXR_LAYER");
    auto instance = std::make_shared<Instance>();
    instance->adds = !wish || std::strcmp(wish, "off");
    instance->idle = again(layer->nextInfo);
    instance->next.xrGetInstanceProcAddr = layer->nextInfo->nextGetInstanceProcAddr;
    const XrResult result = instance->idle
      ? hand_on(info->enabledExtensionNames, info->enabledExtensionCount, info, layer, instance.get())
      : create_underneath(info, layer, instance.get());
    if (result < 0) return result;
    *out = instance->handle;
    /* Where it is the same library that did it further down, its instance is the one that counts. */
    if (instance->idle && instances.find(*out)) return result;
    find_functions(instance.get());
    instances.keep(*out, instance);
    return result;
  });
}

}  // namespace
}  // namespace vrface

VRFACE_EXPORT XrResult xrNegotiateLoaderApiLayerInterface(const XrNegotiateLoaderInfo *loader, const char *,
                                                          XrNegotiateApiLayerRequest *request) {
  if (!loader || !request || loader->structType != XR_LOADER_INTERFACE_STRUCT_LOADER_INFO ||
      loader->structSize != sizeof *loader || request->structType != XR_LOADER_INTERFACE_STRUCT_API_LAYER_REQUEST ||
      request->structSize != sizeof *request || loader->minInterfaceVersion > 1 || loader->maxInterfaceVersion < 1)
    return XR_ERROR_INITIALIZATION_FAILED;
  request->layerInterfaceVersion = 1;
  request->layerApiVersion = loader->minApiVersion;
  request->getInstanceProcAddr = vrface::xrGetInstanceProcAddr;
  request->createApiLayerInstance = vrface::create_instance;
  return XR_SUCCESS;
}
