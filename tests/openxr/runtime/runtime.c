/* An OpenXR runtime without a headset, for tests: it answers what the file that VRFACE_STUB_OPENXR names tells it to,
 * at that instant, and refuses what the specification has a runtime refuse. Here: handles, instance, time, loader. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

enum { OBJECTS = 1024, PATHS = 64, SYSTEM = 1 };
static const struct { const char *name; uint32_t version; } EXTENSIONS[] = {
  {"XR_MND_headless", 2}, {"XR_KHR_convert_timespec_time", 1}, {"XR_EXT_eye_gaze_interaction", 2},
  {"XR_FB_face_tracking2", 1}, {"XR_FB_eye_tracking_social", 1}, {"XR_HTC_facial_tracking", 3},
  {"XR_ANDROID_face_tracking", 1}, {"XR_BD_facial_simulation", 1}};
enum { EXTENSION_COUNT = sizeof EXTENSIONS / sizeof *EXTENSIONS };

steering *stub;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static object objects[OBJECTS];
static uint64_t names; /* a name is never given twice, so that one of the dead is nobody's */
static char paths[PATHS][XR_MAX_PATH_LENGTH];

uint64_t enter(int function) {
  pthread_mutex_lock(&lock);
  stub->calls[function]++;
  return 1;
}
void leave(const uint64_t *held) { if (*held) pthread_mutex_unlock(&lock); }
XrResult refused(XrResult result, const char *why) {
  stub->refused++;
  snprintf(stub->refusal, sizeof stub->refusal, "%s (%d)", why, result);
  return result;
}
/* The end of a function that did its work: success, or another success that a test asked for. */
XrResult done(int function) { return stub->results[function]; }
XrTime now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000 + time.tv_nsec + stub->time_offset_ns;
}
XrTime sampled(XrTime time) { return time ? time : now(); }

object *found(uint64_t name, uint32_t kind) {
  for (int at = 0; at < OBJECTS && name; at++)
    if (objects[at].name == name) return objects[at].kind == kind ? &objects[at] : NULL;
  return NULL;
}
object *each(uint32_t kind, object *after) {
  for (object *at = after ? after + 1 : objects; at < objects + OBJECTS; at++)
    if (at->name && at->kind == kind) return at;
  return NULL;
}
object *made(uint32_t kind, uint64_t parent, uint64_t *name) {
  for (int at = 0; at < OBJECTS; at++) {
    if (objects[at].name) continue;
    objects[at] = (object){.name = 0x5754554200000000 + ++names, .kind = kind, .parent = parent};
    *name = objects[at].name;
    stub->live[kind]++;
    return &objects[at];
  }
  fputs("stub runtime: no room for another handle\n", stderr);
  abort();
}
XrResult destroyed(uint64_t name, uint32_t kind) {
  object *it = found(name, kind);
  REFUSE(XR_ERROR_HANDLE_INVALID, !it, "a handle that is destroyed or never was");
  for (int at = 0; at < OBJECTS; at++)
    if (objects[at].name && objects[at].parent == name) destroyed(objects[at].name, objects[at].kind);
  it->name = 0;
  stub->live[kind]--;
  return XR_SUCCESS;
}
void *chained(void *next, XrStructureType type) {
  for (XrExtensionProperties *at = next; at; at = at->next) if (at->type == type) return at;
  return NULL;
}
/* The two calls by which a list is asked for: how long it is, and whether it fits. */
XrResult enumerated(uint32_t capacity, uint32_t *count, uint32_t have) {
  GIVEN(count);
  *count = have;
  REFUSE(XR_ERROR_SIZE_INSUFFICIENT, capacity && capacity < have, "capacity");
  return XR_SUCCESS;
}

XrResult xrEnumerateInstanceExtensionProperties(const char *layer, uint32_t capacity, uint32_t *count,
                                                XrExtensionProperties *properties) {
  ENTER(xrEnumerateInstanceExtensionProperties);
  REFUSE(XR_ERROR_API_LAYER_NOT_PRESENT, layer, "layer");
  GIVEN(count);
  *count = (uint32_t)__builtin_popcount(stub->offered & ((1u << EXTENSION_COUNT) - 1));
  if (!capacity) return XR_SUCCESS;
  REFUSE(XR_ERROR_SIZE_INSUFFICIENT, capacity < *count, "capacity");
  for (int at = 0; at < EXTENSION_COUNT; at++) {
    if (!(stub->offered >> at & 1)) continue;
    TYPED(properties, XR_TYPE_EXTENSION_PROPERTIES);
    snprintf(properties->extensionName, sizeof properties->extensionName, "%s", EXTENSIONS[at].name);
    properties++->extensionVersion = EXTENSIONS[at].version;
  }
  return done(F_xrEnumerateInstanceExtensionProperties);
}
XrResult xrCreateInstance(const XrInstanceCreateInfo *info, XrInstance *instance) {
  uint32_t enabled = 0;
  ENTER(xrCreateInstance);
  TYPED(info, XR_TYPE_INSTANCE_CREATE_INFO);
  GIVEN(instance);
  REFUSE(XR_ERROR_API_VERSION_UNSUPPORTED, info->applicationInfo.apiVersion >> 48 != 1, "apiVersion");
  REFUSE(XR_ERROR_NAME_INVALID, !*info->applicationInfo.applicationName, "applicationName");
  for (uint32_t at = 0; at < info->enabledExtensionCount; at++) {
    int which = 0;
    while (which < EXTENSION_COUNT && strcmp(EXTENSIONS[which].name, info->enabledExtensionNames[at])) which++;
    REFUSE(XR_ERROR_EXTENSION_NOT_PRESENT, !(stub->offered >> which & 1), info->enabledExtensionNames[at]);
    enabled |= 1u << which;
  }
  REFUSE(XR_ERROR_LIMIT_REACHED, each(INSTANCE, NULL), "a second instance");
  stub->enabled = enabled;
  made(INSTANCE, 0, instance);
  return done(F_xrCreateInstance);
}
XrResult xrDestroyInstance(XrInstance instance) {
  ENTER(xrDestroyInstance);
  return destroyed(instance, INSTANCE);
}
XrResult xrGetInstanceProperties(XrInstance instance, XrInstanceProperties *properties) {
  ENTER(xrGetInstanceProperties);
  HELD(instance, INSTANCE);
  TYPED(properties, XR_TYPE_INSTANCE_PROPERTIES);
  properties->runtimeVersion = (XrVersion)1 << 48;
  strcpy(properties->runtimeName, "stub");
  return done(F_xrGetInstanceProperties);
}
XrResult xrResultToString(XrInstance instance, XrResult result, char text[XR_MAX_RESULT_STRING_SIZE]) {
  ENTER(xrResultToString);
  HELD(instance, INSTANCE);
  snprintf(text, XR_MAX_RESULT_STRING_SIZE, result < 0 ? "XR_UNKNOWN_FAILURE_%d" : "XR_UNKNOWN_SUCCESS_%d", result);
  return done(F_xrResultToString);
}
XrResult xrStructureTypeToString(XrInstance instance, XrStructureType type, char text[XR_MAX_STRUCTURE_NAME_SIZE]) {
  ENTER(xrStructureTypeToString);
  HELD(instance, INSTANCE);
  snprintf(text, XR_MAX_STRUCTURE_NAME_SIZE, "XR_UNKNOWN_STRUCTURE_TYPE_%d", type);
  return done(F_xrStructureTypeToString);
}
XrResult xrStringToPath(XrInstance instance, const char *text, XrPath *path) {
  ENTER(xrStringToPath);
  HELD(instance, INSTANCE);
  GIVEN(text);
  REFUSE(XR_ERROR_PATH_INVALID, *text != '/' || strlen(text) >= XR_MAX_PATH_LENGTH, text);
  for (*path = 1; *path <= PATHS; ++*path) {
    char *at = paths[*path - 1];
    if (!*at) strcpy(at, text);
    if (!strcmp(at, text)) return done(F_xrStringToPath);
  }
  return refused(XR_ERROR_LIMIT_REACHED, "paths");
}
const char *path_text(XrPath path) { return path - 1 < PATHS ? paths[path - 1] : ""; }
XrResult xrPathToString(XrInstance instance, XrPath path, uint32_t capacity, uint32_t *count, char *text) {
  ENTER(xrPathToString);
  HELD(instance, INSTANCE);
  REFUSE(XR_ERROR_PATH_INVALID, !*path_text(path), "path");
  XrResult result = enumerated(capacity, count, (uint32_t)strlen(path_text(path)) + 1);
  if (capacity && result == XR_SUCCESS) strcpy(text, path_text(path));
  return result;
}
XrResult xrGetSystem(XrInstance instance, const XrSystemGetInfo *info, XrSystemId *system) {
  ENTER(xrGetSystem);
  HELD(instance, INSTANCE);
  TYPED(info, XR_TYPE_SYSTEM_GET_INFO);
  REFUSE(XR_ERROR_FORM_FACTOR_UNSUPPORTED, info->formFactor != XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY, "formFactor");
  *system = SYSTEM;
  return done(F_xrGetSystem);
}
/* What each structure that may be chained is told of, and by which bits of `supported`. */
static const struct { XrStructureType type; uint32_t extension, first, second; } SUPPORT[] = {
  {XR_TYPE_SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT, EYE_GAZE, SUPPORTS_GAZE, 0},
  {XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES2_FB, FACE2, SUPPORTS_VISUAL, SUPPORTS_AUDIO},
  {XR_TYPE_SYSTEM_EYE_TRACKING_PROPERTIES_FB, EYES, SUPPORTS_EYES, 0},
  {XR_TYPE_SYSTEM_FACIAL_TRACKING_PROPERTIES_HTC, FACIAL, SUPPORTS_EYE_FACIAL, SUPPORTS_LIP_FACIAL},
  {XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES_ANDROID, ANDROID, SUPPORTS_ANDROID, 0},
  {XR_TYPE_SYSTEM_FACIAL_SIMULATION_PROPERTIES_BD, BD, SUPPORTS_BD, 0}};
XrResult xrGetSystemProperties(XrInstance instance, XrSystemId system, XrSystemProperties *properties) {
  ENTER(xrGetSystemProperties);
  HELD(instance, INSTANCE);
  REFUSE(XR_ERROR_SYSTEM_INVALID, system != SYSTEM, "system");
  TYPED(properties, XR_TYPE_SYSTEM_PROPERTIES);
  properties->systemId = system;
  properties->vendorId = 0x57;
  strcpy(properties->systemName, "stub headset");
  properties->graphicsProperties = (XrSystemGraphicsProperties){1024, 1024, 16};
  properties->trackingProperties = (XrSystemTrackingProperties){1, 1};
  for (size_t at = 0; at < sizeof SUPPORT / sizeof *SUPPORT; at++) {
    XrSystemFaceTrackingProperties2FB *asked = chained(properties->next, SUPPORT[at].type);
    if (!asked || !(stub->enabled & SUPPORT[at].extension)) continue;
    asked->supportsVisualFaceTracking = (stub->supported & SUPPORT[at].first) != 0;
    if (SUPPORT[at].second) asked->supportsAudioFaceTracking = (stub->supported & SUPPORT[at].second) != 0;
  }
  return done(F_xrGetSystemProperties);
}
XrResult xrConvertTimespecTimeToTimeKHR(XrInstance instance, const struct timespec *given, XrTime *time) {
  ENTER(xrConvertTimespecTimeToTimeKHR);
  HELD(instance, INSTANCE);
  GIVEN(given);
  *time = given->tv_sec * 1000000000 + given->tv_nsec + stub->time_offset_ns;
  TIMED(*time);
  return done(F_xrConvertTimespecTimeToTimeKHR);
}
XrResult xrConvertTimeToTimespecTimeKHR(XrInstance instance, XrTime time, struct timespec *given) {
  ENTER(xrConvertTimeToTimespecTimeKHR);
  HELD(instance, INSTANCE);
  TIMED(time);
  time -= stub->time_offset_ns;
  *given = (struct timespec){time / 1000000000, time % 1000000000};
  return done(F_xrConvertTimeToTimespecTimeKHR);
}

/* Which extension a function belongs to is in its name. */
static uint32_t extension_of(const char *name) {
  static const struct { const char *part; uint32_t bits; } PARTS[] = {
    {"KHR", TIMESPEC}, {"2FB", FACE2}, {"FB", EYES}, {"HTC", FACIAL}, {"ANDROID", ANDROID}, {"BD", BD}};
  for (size_t at = 0; at < sizeof PARTS / sizeof *PARTS; at++) {
    size_t end = strlen(name), length = strlen(PARTS[at].part);
    if (end > length && !strcmp(name + end - length, PARTS[at].part)) return PARTS[at].bits;
  }
  return 0;
}
#define FUNCTION(name) extern void name##_(void) __asm__(#name);
#include "functions.h"
#undef FUNCTION
XrResult xrGetInstanceProcAddr(XrInstance instance, const char *name, PFN_xrVoidFunction *function) {
  static const struct { const char *name; PFN_xrVoidFunction function; } ALL[] = {
#define FUNCTION(name) {#name, name##_},
#include "functions.h"
#undef FUNCTION
  };
  uint64_t held __attribute__((cleanup(leave))) = !pthread_mutex_lock(&lock);
  *function = NULL;
  for (int at = 0; at < FUNCTIONS && !*function; at++) if (!strcmp(ALL[at].name, name)) *function = ALL[at].function;
  if (!strcmp(name, "xrGetInstanceProcAddr")) *function = (PFN_xrVoidFunction)xrGetInstanceProcAddr;
  if (!instance && *function != xrCreateInstance_ && *function != xrEnumerateInstanceExtensionProperties_)
    *function = NULL;
  REFUSE(XR_ERROR_HANDLE_INVALID, instance && !found(instance, INSTANCE), "instance");
  if (extension_of(name) && !(stub->enabled & extension_of(name))) *function = NULL;
  return *function ? XR_SUCCESS : XR_ERROR_FUNCTION_UNSUPPORTED;
}

__attribute__((visibility("default"))) XrResult xrNegotiateLoaderRuntimeInterface(
  const XrNegotiateLoaderInfo *loader, XrNegotiateRuntimeRequest *request) {
  const char *path = getenv("VRFACE_STUB_OPENXR");
  struct stat is = {0};
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (loader->structType != XR_LOADER_INTERFACE_STRUCT_LOADER_INFO ||
      request->structType != XR_LOADER_INTERFACE_STRUCT_RUNTIME_REQUEST || loader->minInterfaceVersion > 1 ||
      file < 0 || fstat(file, &is) || is.st_size != sizeof *stub)
    return XR_ERROR_INITIALIZATION_FAILED;
  stub = mmap(NULL, sizeof *stub, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (stub == MAP_FAILED || stub->bytes != sizeof *stub) return XR_ERROR_INITIALIZATION_FAILED;
  request->runtimeInterfaceVersion = 1;
  request->runtimeApiVersion = (XrVersion)1 << 48 | (XrVersion)1 << 32;
  request->getInstanceProcAddr = xrGetInstanceProcAddr;
  return XR_SUCCESS;
}
