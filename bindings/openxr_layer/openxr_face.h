/* The little of OpenXR that the layer needs: names, numbers and layouts, as xr.xml of OpenXR 1.1 has them. C99 or
 * C++, 64-bit machines. The tests hold every line of it against pyopenxr and, where there are any, the real headers. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Enumerations have 32 bits and handles 64, whatever the compiler would make of them. */
typedef int32_t XrResult, XrStructureType, XrFaceExpressionSet2FB, XrFaceTrackingDataSource2FB, XrFacialTrackingTypeHTC,
  XrFaceTrackingStateANDROID, XrSessionState, XrLoaderInterfaceStructs;
typedef uint64_t XrInstance, XrSession, XrFaceTracker2FB, XrFacialTrackerHTC, XrFaceTrackerANDROID;
typedef uint64_t XrSystemId, XrVersion, XrFlags64;
typedef int64_t XrTime;
typedef uint32_t XrBool32;

enum { XR_MAX_APPLICATION_NAME_SIZE = 128, XR_MAX_ENGINE_NAME_SIZE = 128, XR_MAX_SYSTEM_NAME_SIZE = 256,
  XR_MAX_EXTENSION_NAME_SIZE = 128, XR_MAX_API_LAYER_NAME_SIZE = 256, XR_API_LAYER_MAX_SETTINGS_PATH_SIZE = 512 };
enum { XR_SUCCESS = 0, XR_ERROR_VALIDATION_FAILURE = -1, XR_ERROR_RUNTIME_FAILURE = -2,
  XR_ERROR_OUT_OF_MEMORY = -3, XR_ERROR_INITIALIZATION_FAILED = -6, XR_ERROR_FUNCTION_UNSUPPORTED = -7,
  XR_ERROR_FEATURE_UNSUPPORTED = -8, XR_ERROR_EXTENSION_NOT_PRESENT = -9, XR_ERROR_LIMIT_REACHED = -10,
  XR_ERROR_SIZE_INSUFFICIENT = -11, XR_ERROR_HANDLE_INVALID = -12, XR_ERROR_INSTANCE_LOST = -13,
  XR_ERROR_SESSION_LOST = -17, XR_ERROR_TIME_INVALID = -30, XR_ERROR_API_LAYER_NOT_PRESENT = -36,
  XR_ERROR_PERMISSION_INSUFFICIENT = -1000710000 };
enum { XR_SESSION_STATE_FOCUSED = 5 };
enum { XR_TYPE_EXTENSION_PROPERTIES = 2, XR_TYPE_INSTANCE_CREATE_INFO = 3,
  XR_TYPE_SYSTEM_PROPERTIES = 5, XR_TYPE_SESSION_CREATE_INFO = 8, XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED = 18,
  XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES2_FB = 1000287013, XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB = 1000287014,
  XR_TYPE_FACE_EXPRESSION_INFO2_FB = 1000287015, XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB = 1000287016,
  XR_TYPE_SYSTEM_FACIAL_TRACKING_PROPERTIES_HTC = 1000104000, XR_TYPE_FACIAL_TRACKER_CREATE_INFO_HTC = 1000104001,
  XR_TYPE_FACIAL_EXPRESSIONS_HTC = 1000104002, XR_TYPE_FACE_TRACKER_CREATE_INFO_ANDROID = 1000458000,
  XR_TYPE_FACE_STATE_GET_INFO_ANDROID = 1000458001, XR_TYPE_FACE_STATE_ANDROID = 1000458002,
  XR_TYPE_SYSTEM_FACE_TRACKING_PROPERTIES_ANDROID = 1000458003 };

typedef void (*PFN_xrVoidFunction)(void);
typedef struct XrExtensionProperties { XrStructureType type; void *next; char extensionName[XR_MAX_EXTENSION_NAME_SIZE];
  uint32_t extensionVersion; } XrExtensionProperties;
typedef struct XrApplicationInfo { char applicationName[XR_MAX_APPLICATION_NAME_SIZE]; uint32_t applicationVersion;
  char engineName[XR_MAX_ENGINE_NAME_SIZE]; uint32_t engineVersion; XrVersion apiVersion; } XrApplicationInfo;
typedef struct XrInstanceCreateInfo { XrStructureType type; const void *next; XrFlags64 createFlags;
  XrApplicationInfo applicationInfo; uint32_t enabledApiLayerCount; const char *const *enabledApiLayerNames;
  uint32_t enabledExtensionCount; const char *const *enabledExtensionNames; } XrInstanceCreateInfo;
typedef struct XrSystemGraphicsProperties { uint32_t maxSwapchainImageHeight; uint32_t maxSwapchainImageWidth;
  uint32_t maxLayerCount; } XrSystemGraphicsProperties;
typedef struct XrSystemTrackingProperties { XrBool32 orientationTracking; XrBool32 positionTracking;
  } XrSystemTrackingProperties;
typedef struct XrSystemProperties { XrStructureType type; void *next; XrSystemId systemId; uint32_t vendorId;
  char systemName[XR_MAX_SYSTEM_NAME_SIZE]; XrSystemGraphicsProperties graphicsProperties;
  XrSystemTrackingProperties trackingProperties; } XrSystemProperties;
typedef struct XrSessionCreateInfo { XrStructureType type; const void *next; XrFlags64 createFlags;
  XrSystemId systemId; } XrSessionCreateInfo;
typedef struct XrEventDataBuffer { XrStructureType type; const void *next; uint8_t varying[4000]; } XrEventDataBuffer;
typedef struct XrEventDataSessionStateChanged { XrStructureType type; const void *next; XrSession session;
  XrSessionState state; XrTime time; } XrEventDataSessionStateChanged;
XrResult xrGetInstanceProcAddr(XrInstance instance, const char *name, PFN_xrVoidFunction *function);
XrResult xrEnumerateInstanceExtensionProperties(const char *layerName, uint32_t propertyCapacityInput,
  uint32_t *propertyCountOutput, XrExtensionProperties *properties);
XrResult xrCreateInstance(const XrInstanceCreateInfo *createInfo, XrInstance *instance);
XrResult xrDestroyInstance(XrInstance instance);
XrResult xrGetSystemProperties(XrInstance instance, XrSystemId systemId, XrSystemProperties *properties);
XrResult xrCreateSession(XrInstance instance, const XrSessionCreateInfo *createInfo, XrSession *session);
XrResult xrDestroySession(XrSession session);
XrResult xrPollEvent(XrInstance instance, XrEventDataBuffer *eventData);

/* XR_KHR_convert_timespec_time and XR_KHR_win32_convert_performance_counter_time */
struct timespec;
union _LARGE_INTEGER;
XrResult xrConvertTimespecTimeToTimeKHR(XrInstance instance, const struct timespec *timespecTime, XrTime *time);
XrResult xrConvertTimeToTimespecTimeKHR(XrInstance instance, XrTime time, struct timespec *timespecTime);
XrResult xrConvertWin32PerformanceCounterToTimeKHR(XrInstance instance, const union _LARGE_INTEGER *performanceCounter,
  XrTime *time);

/* XR_FB_face_tracking2 */
enum { XR_FACE_EXPRESSION_SET2_DEFAULT_FB = 0, XR_FACE_TRACKING_DATA_SOURCE2_VISUAL_FB = 0,
  XR_FACE_TRACKING_DATA_SOURCE2_AUDIO_FB = 1, XR_FACE_CONFIDENCE2_LOWER_FACE_FB = 0, XR_FACE_CONFIDENCE2_UPPER_FACE_FB
  = 1,
  XR_FACE_CONFIDENCE2_COUNT_FB = 2, XR_FACE_EXPRESSION2_EYES_LOOK_DOWN_L_FB = 14,
  XR_FACE_EXPRESSION2_EYES_LOOK_UP_R_FB = 21, XR_FACE_EXPRESSION2_COUNT_FB = 70 };
typedef struct XrSystemFaceTrackingProperties2FB { XrStructureType type; void *next; XrBool32
  supportsVisualFaceTracking;
  XrBool32 supportsAudioFaceTracking; } XrSystemFaceTrackingProperties2FB;
typedef struct XrFaceTrackerCreateInfo2FB { XrStructureType type; const void *next;
  XrFaceExpressionSet2FB faceExpressionSet; uint32_t requestedDataSourceCount;
  XrFaceTrackingDataSource2FB *requestedDataSources; } XrFaceTrackerCreateInfo2FB;
typedef struct XrFaceExpressionInfo2FB { XrStructureType type; const void *next; XrTime time; } XrFaceExpressionInfo2FB;
typedef struct XrFaceExpressionWeights2FB { XrStructureType type; void *next; uint32_t weightCount; float *weights;
  uint32_t confidenceCount; float *confidences; XrBool32 isValid; XrBool32 isEyeFollowingBlendshapesValid;
  XrFaceTrackingDataSource2FB dataSource; XrTime time; } XrFaceExpressionWeights2FB;
XrResult xrCreateFaceTracker2FB(XrSession session, const XrFaceTrackerCreateInfo2FB *createInfo,
  XrFaceTracker2FB *faceTracker);
XrResult xrDestroyFaceTracker2FB(XrFaceTracker2FB faceTracker);
XrResult xrGetFaceExpressionWeights2FB(XrFaceTracker2FB faceTracker, const XrFaceExpressionInfo2FB *expressionInfo,
  XrFaceExpressionWeights2FB *expressionWeights);

/* XR_HTC_facial_tracking */
enum { XR_FACIAL_TRACKING_TYPE_EYE_DEFAULT_HTC = 1, XR_FACIAL_TRACKING_TYPE_LIP_DEFAULT_HTC = 2,
  XR_FACIAL_EXPRESSION_EYE_COUNT_HTC = 14, XR_FACIAL_EXPRESSION_LIP_COUNT_HTC = 37 };
typedef struct XrSystemFacialTrackingPropertiesHTC { XrStructureType type; void *next; XrBool32
  supportEyeFacialTracking;
  XrBool32 supportLipFacialTracking; } XrSystemFacialTrackingPropertiesHTC;
typedef struct XrFacialTrackerCreateInfoHTC { XrStructureType type; const void *next;
  XrFacialTrackingTypeHTC facialTrackingType; } XrFacialTrackerCreateInfoHTC;
typedef struct XrFacialExpressionsHTC { XrStructureType type; void *next; XrBool32 isActive; XrTime sampleTime;
  uint32_t expressionCount; float *expressionWeightings; } XrFacialExpressionsHTC;
XrResult xrCreateFacialTrackerHTC(XrSession session, const XrFacialTrackerCreateInfoHTC *createInfo,
  XrFacialTrackerHTC *facialTracker);
XrResult xrDestroyFacialTrackerHTC(XrFacialTrackerHTC facialTracker);
XrResult xrGetFacialExpressionsHTC(XrFacialTrackerHTC facialTracker, XrFacialExpressionsHTC *facialExpressions);

/* XR_ANDROID_face_tracking */
enum { XR_FACE_PARAMETER_COUNT_ANDROID = 68, XR_FACE_REGION_CONFIDENCE_COUNT_ANDROID = 3,
  XR_FACE_TRACKING_STATE_PAUSED_ANDROID = 0, XR_FACE_TRACKING_STATE_STOPPED_ANDROID = 1,
  XR_FACE_TRACKING_STATE_TRACKING_ANDROID = 2 };
typedef struct XrSystemFaceTrackingPropertiesANDROID { XrStructureType type; void *next; XrBool32 supportsFaceTracking;
  } XrSystemFaceTrackingPropertiesANDROID;
typedef struct XrFaceTrackerCreateInfoANDROID { XrStructureType type; const void *next; }
  XrFaceTrackerCreateInfoANDROID;
typedef struct XrFaceStateGetInfoANDROID { XrStructureType type; const void *next; XrTime time;
  } XrFaceStateGetInfoANDROID;
typedef struct XrFaceStateANDROID { XrStructureType type; void *next; uint32_t parametersCapacityInput;
  uint32_t parametersCountOutput; float *parameters; XrFaceTrackingStateANDROID faceTrackingState; XrTime sampleTime;
  XrBool32 isValid; uint32_t regionConfidencesCapacityInput; uint32_t regionConfidencesCountOutput;
  float *regionConfidences; } XrFaceStateANDROID;
XrResult xrCreateFaceTrackerANDROID(XrSession session, const XrFaceTrackerCreateInfoANDROID *createInfo,
  XrFaceTrackerANDROID *faceTracker);
XrResult xrDestroyFaceTrackerANDROID(XrFaceTrackerANDROID faceTracker);
XrResult xrGetFaceStateANDROID(XrFaceTrackerANDROID faceTracker, const XrFaceStateGetInfoANDROID *getInfo,
  XrFaceStateANDROID *faceStateOutput);
XrResult xrGetFaceCalibrationStateANDROID(XrFaceTrackerANDROID faceTracker, XrBool32 *faceIsCalibratedOutput);

/* Between the loader, its layers and a runtime: the loader's interface, version 1 */
enum { XR_LOADER_INTERFACE_STRUCT_LOADER_INFO = 1, XR_LOADER_INTERFACE_STRUCT_API_LAYER_REQUEST = 2,
  XR_LOADER_INTERFACE_STRUCT_RUNTIME_REQUEST = 3, XR_LOADER_INTERFACE_STRUCT_API_LAYER_CREATE_INFO = 4,
  XR_LOADER_INTERFACE_STRUCT_API_LAYER_NEXT_INFO = 5 };
struct XrApiLayerCreateInfo;
typedef XrResult (*PFN_xrGetInstanceProcAddr)(XrInstance, const char *, PFN_xrVoidFunction *);
typedef XrResult (*PFN_xrCreateApiLayerInstance)(const XrInstanceCreateInfo *, const struct XrApiLayerCreateInfo *,
  XrInstance *);
typedef struct XrNegotiateLoaderInfo { XrLoaderInterfaceStructs structType; uint32_t structVersion; size_t structSize;
  uint32_t minInterfaceVersion; uint32_t maxInterfaceVersion; XrVersion minApiVersion; XrVersion maxApiVersion;
  } XrNegotiateLoaderInfo;
typedef struct XrNegotiateApiLayerRequest { XrLoaderInterfaceStructs structType; uint32_t structVersion;
  size_t structSize; uint32_t layerInterfaceVersion; XrVersion layerApiVersion;
  PFN_xrGetInstanceProcAddr getInstanceProcAddr; PFN_xrCreateApiLayerInstance createApiLayerInstance;
  } XrNegotiateApiLayerRequest;
typedef struct XrNegotiateRuntimeRequest { XrLoaderInterfaceStructs structType; uint32_t structVersion;
  size_t structSize; uint32_t runtimeInterfaceVersion; XrVersion runtimeApiVersion;
  PFN_xrGetInstanceProcAddr getInstanceProcAddr; } XrNegotiateRuntimeRequest;
typedef struct XrApiLayerNextInfo { XrLoaderInterfaceStructs structType; uint32_t structVersion; size_t structSize;
  char layerName[XR_MAX_API_LAYER_NAME_SIZE]; PFN_xrGetInstanceProcAddr nextGetInstanceProcAddr;
  PFN_xrCreateApiLayerInstance nextCreateApiLayerInstance; struct XrApiLayerNextInfo *next; } XrApiLayerNextInfo;
typedef struct XrApiLayerCreateInfo { XrLoaderInterfaceStructs structType; uint32_t structVersion; size_t structSize;
  void *loaderInstance; char settings_file_location[XR_API_LAYER_MAX_SETTINGS_PATH_SIZE]; XrApiLayerNextInfo *nextInfo;
  } XrApiLayerCreateInfo;
