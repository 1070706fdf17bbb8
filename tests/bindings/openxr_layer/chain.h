/* A loader and a runtime in one, for host.cpp: the shortest chain that a layer can be in. */
#pragma once
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "openxr_face.h"
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1); \
    } \
  } while (0)

/* A function of the chain, by its name. */
#define FUNCTION(chain, name) (chain).find<decltype(&::name)>(#name)

using Negotiate = XrResult (*)(const XrNegotiateLoaderInfo *, const char *, XrNegotiateApiLayerRequest *);

/* The one function that a layer's library shows. */
inline Negotiate negotiate_of(const char *path) {
#ifdef _WIN32
  HMODULE library = LoadLibraryA(path);
  CHECK(library);
  return reinterpret_cast<Negotiate>(reinterpret_cast<void *>(
    GetProcAddress(library, "xrNegotiateLoaderApiLayerInterface")));
#else
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CHECK(library);
  return reinterpret_cast<Negotiate>(dlsym(library, "xrNegotiateLoaderApiLayerInterface"));
#endif
}

namespace runtime {

inline int created = 0, sessions = 0, events = 0;
inline bool lists_without_instance = true;
inline std::vector<const char *> enabled;

inline XrResult list(const char *, uint32_t capacity, uint32_t *count, XrExtensionProperties *properties) {
  *count = 1;
  if (capacity) std::strcpy(properties->extensionName, "XR_KHR_convert_timespec_time");
  return XR_SUCCESS;
}
inline XrResult create(const XrInstanceCreateInfo *info, const XrApiLayerCreateInfo *, XrInstance *instance) {
  enabled.assign(info->enabledExtensionNames, info->enabledExtensionNames + info->enabledExtensionCount);
  for (const char *name : enabled)
    if (std::strcmp(name, "XR_KHR_convert_timespec_time")) return XR_ERROR_EXTENSION_NOT_PRESENT;
  created++;
  *instance = 1;
  return XR_SUCCESS;
}
inline XrResult destroy(XrInstance) {
  created--;
  return XR_SUCCESS;
}
inline XrResult properties(XrInstance, XrSystemId system, XrSystemProperties *given) {
  given->systemId = system;
  return XR_SUCCESS;
}
inline XrResult open_session(XrInstance, const XrSessionCreateInfo *, XrSession *session) {
  *session = static_cast<XrSession>(100 + ++sessions);
  events = 1;
  return XR_SUCCESS;
}
inline XrResult close_session(XrSession) { return XR_SUCCESS; }
inline XrResult poll(XrInstance, XrEventDataBuffer *event) {
  if (!events) return 4; /* XR_EVENT_UNAVAILABLE */
  events = 0;
  XrEventDataSessionStateChanged changed = {XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED, nullptr,
                                            static_cast<XrSession>(100 + sessions), XR_SESSION_STATE_FOCUSED, 1};
  std::memcpy(event, &changed, sizeof changed);
  return XR_SUCCESS;
}
inline XrResult convert(XrInstance, const timespec *given, XrTime *time) {
  *time = given->tv_sec * INT64_C(1000000000) + given->tv_nsec;
  return XR_SUCCESS;
}
inline XrResult find(XrInstance instance, const char *name, PFN_xrVoidFunction *function) {
  const struct { const char *name; PFN_xrVoidFunction function; } all[] = {
    {"xrEnumerateInstanceExtensionProperties", reinterpret_cast<PFN_xrVoidFunction>(list)},
    {"xrDestroyInstance", reinterpret_cast<PFN_xrVoidFunction>(destroy)},
    {"xrGetSystemProperties", reinterpret_cast<PFN_xrVoidFunction>(properties)},
    {"xrCreateSession", reinterpret_cast<PFN_xrVoidFunction>(open_session)},
    {"xrDestroySession", reinterpret_cast<PFN_xrVoidFunction>(close_session)},
    {"xrPollEvent", reinterpret_cast<PFN_xrVoidFunction>(poll)},
    {"xrConvertTimespecTimeToTimeKHR", reinterpret_cast<PFN_xrVoidFunction>(convert)}};
  *function = nullptr;
  if (!instance && !lists_without_instance) return XR_ERROR_HANDLE_INVALID;
  for (const auto &one : all) if (!std::strcmp(one.name, name)) *function = one.function;
  return *function ? XR_SUCCESS : XR_ERROR_FUNCTION_UNSUPPORTED;
}

}  // namespace runtime

/* An instance through any number of layers, the first of them on top. */
class Chain {
 public:
  explicit Chain(const std::vector<Negotiate> &layers) : links_(layers.size()), requests_(layers.size()) {
    for (size_t at = layers.size(); at-- > 0;) {
      XrNegotiateLoaderInfo loader = {XR_LOADER_INTERFACE_STRUCT_LOADER_INFO, 1, sizeof loader, 1, 1,
                                      UINT64_C(1) << 48, UINT64_C(1) << 48 | UINT64_C(9) << 32};
      XrNegotiateApiLayerRequest &request = requests_[at];
      request = {XR_LOADER_INTERFACE_STRUCT_API_LAYER_REQUEST, 1, sizeof request, 0, 0, nullptr, nullptr};
      CHECK(layers[at](&loader, "XR_APILAYER_VRFACE_face", &request) == XR_SUCCESS);
      const bool last = at + 1 == layers.size();
      XrApiLayerNextInfo &link = links_[at];
      link = {XR_LOADER_INTERFACE_STRUCT_API_LAYER_NEXT_INFO, 1, sizeof link, "XR_APILAYER_VRFACE_face",
              last ? runtime::find : requests_[at + 1].getInstanceProcAddr,
              last ? runtime::create : requests_[at + 1].createApiLayerInstance, last ? nullptr : &links_[at + 1]};
    }
  }
  XrResult create(const std::vector<const char *> &extensions) {
    XrInstanceCreateInfo info = {};
    info.type = XR_TYPE_INSTANCE_CREATE_INFO;
    info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
    info.enabledExtensionNames = extensions.data();
    XrApiLayerCreateInfo layer = {XR_LOADER_INTERFACE_STRUCT_API_LAYER_CREATE_INFO, 1, sizeof layer, nullptr, "",
                                  links_.data()};
    return requests_[0].createApiLayerInstance(&info, &layer, &instance);
  }
  template <class Function> Function find(const char *name) const {
    PFN_xrVoidFunction function = nullptr;
    const XrResult result = requests_[0].getInstanceProcAddr(instance, name, &function);
    CHECK((result == XR_SUCCESS) == (function != nullptr));
    return reinterpret_cast<Function>(function);
  }
  XrInstance instance = 0;
  const XrNegotiateApiLayerRequest &top() const { return requests_[0]; }

 private:
  std::vector<XrApiLayerNextInfo> links_;
  std::vector<XrNegotiateApiLayerRequest> requests_;
};
