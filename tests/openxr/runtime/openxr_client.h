/* What a client needs of OpenXR beside openxr_face.h: sessions, events, spaces, actions, eyes, BD's faces. The tests
 * hold it against pyopenxr as they do that. */
#pragma once
#include "openxr_face.h"

typedef int32_t XrFormFactor, XrReferenceSpaceType, XrActionType, XrViewConfigurationType,
  XrFacialSimulationModeBD;
typedef uint64_t XrSpace, XrActionSet, XrAction, XrEyeTrackerFB, XrFaceTrackerBD;
typedef uint64_t XrPath, XrSpaceLocationFlags;

enum { XR_MAX_RUNTIME_NAME_SIZE = 128, XR_MAX_ACTION_NAME_SIZE = 64, XR_MAX_ACTION_SET_NAME_SIZE = 64,
  XR_MAX_LOCALIZED_ACTION_NAME_SIZE = 128, XR_MAX_LOCALIZED_ACTION_SET_NAME_SIZE = 128, XR_MAX_PATH_LENGTH = 256,
  XR_MAX_RESULT_STRING_SIZE = 64, XR_MAX_STRUCTURE_NAME_SIZE = 64 };
enum { XR_EVENT_UNAVAILABLE = 4, XR_SESSION_NOT_FOCUSED = 8, XR_ERROR_API_VERSION_UNSUPPORTED = -4,
  XR_ERROR_SESSION_RUNNING = -14, XR_ERROR_SESSION_NOT_RUNNING = -16, XR_ERROR_SYSTEM_INVALID = -18,
  XR_ERROR_PATH_INVALID = -19, XR_ERROR_PATH_UNSUPPORTED = -22, XR_ERROR_ACTION_TYPE_MISMATCH = -27,
  XR_ERROR_SESSION_NOT_READY = -28, XR_ERROR_SESSION_NOT_STOPPING = -29, XR_ERROR_REFERENCE_SPACE_UNSUPPORTED = -31,
  XR_ERROR_FORM_FACTOR_UNSUPPORTED = -34, XR_ERROR_GRAPHICS_DEVICE_INVALID = -38, XR_ERROR_POSE_INVALID = -39,
  XR_ERROR_NAME_INVALID = -45, XR_ERROR_ACTIONSET_NOT_ATTACHED =
  -46, XR_ERROR_ACTIONSETS_ALREADY_ATTACHED = -47 };
enum { XR_TYPE_SYSTEM_GET_INFO = 4, XR_TYPE_SESSION_BEGIN_INFO = 10, XR_TYPE_EVENT_DATA_BUFFER = 16,
  XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING = 17, XR_TYPE_ACTION_STATE_POSE = 27, XR_TYPE_ACTION_SET_CREATE_INFO = 28,
  XR_TYPE_ACTION_CREATE_INFO = 29, XR_TYPE_INSTANCE_PROPERTIES = 32, XR_TYPE_REFERENCE_SPACE_CREATE_INFO = 37,
  XR_TYPE_ACTION_SPACE_CREATE_INFO = 38, XR_TYPE_SPACE_LOCATION = 42, XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING =
  51, XR_TYPE_ACTION_STATE_GET_INFO = 58, XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO = 60, XR_TYPE_ACTIONS_SYNC_INFO =
  61, XR_TYPE_SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT = 1000030000, XR_TYPE_EYE_GAZE_SAMPLE_TIME_EXT = 1000030001,
  XR_TYPE_EYE_TRACKER_CREATE_INFO_FB = 1000202001, XR_TYPE_EYE_GAZES_INFO_FB = 1000202002, XR_TYPE_EYE_GAZES_FB =
  1000202003, XR_TYPE_SYSTEM_EYE_TRACKING_PROPERTIES_FB = 1000202004, XR_TYPE_SYSTEM_FACIAL_SIMULATION_PROPERTIES_BD =
  1000386001, XR_TYPE_FACE_TRACKER_CREATE_INFO_BD = 1000386002, XR_TYPE_FACIAL_SIMULATION_DATA_GET_INFO_BD =
  1000386003, XR_TYPE_FACIAL_SIMULATION_DATA_BD = 1000386004, XR_TYPE_LIP_EXPRESSION_DATA_BD = 1000386005 };
enum { XR_SESSION_STATE_UNKNOWN = 0, XR_SESSION_STATE_IDLE = 1, XR_SESSION_STATE_READY = 2,
  XR_SESSION_STATE_SYNCHRONIZED = 3, XR_SESSION_STATE_VISIBLE = 4, XR_SESSION_STATE_STOPPING = 6,
  XR_SESSION_STATE_LOSS_PENDING = 7, XR_SESSION_STATE_EXITING = 8, XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY = 1,
  XR_REFERENCE_SPACE_TYPE_VIEW = 1, XR_REFERENCE_SPACE_TYPE_LOCAL = 2,
  XR_REFERENCE_SPACE_TYPE_STAGE = 3, XR_ACTION_TYPE_POSE_INPUT = 4, XR_FACIAL_SIMULATION_MODE_DEFAULT_BD = 0,
  XR_FACIAL_SIMULATION_MODE_COMBINED_AUDIO_BD = 1, XR_FACIAL_SIMULATION_MODE_COMBINED_AUDIO_WITH_LIP_BD = 2,
  XR_FACIAL_SIMULATION_MODE_ONLY_AUDIO_WITH_LIP_BD = 3, XR_FACE_EXPRESSION_COUNT_BD = 52, XR_LIP_EXPRESSION_COUNT_BD =
  20 };

typedef struct XrVector3f { float x; float y; float z; } XrVector3f;
typedef struct XrQuaternionf { float x; float y; float z; float w; } XrQuaternionf;
typedef struct XrPosef { XrQuaternionf orientation; XrVector3f position; } XrPosef;
typedef struct XrInstanceProperties { XrStructureType type; void *next; XrVersion runtimeVersion;
  char runtimeName[XR_MAX_RUNTIME_NAME_SIZE]; } XrInstanceProperties;
typedef struct XrSystemGetInfo { XrStructureType type; const void *next; XrFormFactor formFactor; } XrSystemGetInfo;
typedef struct XrSessionBeginInfo { XrStructureType type; const void *next;
  XrViewConfigurationType primaryViewConfigurationType; } XrSessionBeginInfo;
typedef struct XrEventDataInstanceLossPending { XrStructureType type; const void *next; XrTime lossTime;
  } XrEventDataInstanceLossPending;
typedef struct XrReferenceSpaceCreateInfo { XrStructureType type; const void *next;
  XrReferenceSpaceType referenceSpaceType; XrPosef poseInReferenceSpace; } XrReferenceSpaceCreateInfo;
typedef struct XrActionSpaceCreateInfo { XrStructureType type; const void *next; XrAction action; XrPath subactionPath;
  XrPosef poseInActionSpace; } XrActionSpaceCreateInfo;
typedef struct XrSpaceLocation { XrStructureType type; void *next; XrSpaceLocationFlags locationFlags; XrPosef pose;
  } XrSpaceLocation;
typedef struct XrActionSetCreateInfo { XrStructureType type; const void *next;
  char actionSetName[XR_MAX_ACTION_SET_NAME_SIZE];
  char localizedActionSetName[XR_MAX_LOCALIZED_ACTION_SET_NAME_SIZE]; uint32_t priority; } XrActionSetCreateInfo;
typedef struct XrActionCreateInfo { XrStructureType type; const void *next; char actionName[XR_MAX_ACTION_NAME_SIZE];
  XrActionType actionType; uint32_t countSubactionPaths; const XrPath *subactionPaths;
  char localizedActionName[XR_MAX_LOCALIZED_ACTION_NAME_SIZE]; } XrActionCreateInfo;
typedef struct XrActionSuggestedBinding { XrAction action; XrPath binding; } XrActionSuggestedBinding;
typedef struct XrInteractionProfileSuggestedBinding { XrStructureType type; const void *next; XrPath interactionProfile;
  uint32_t countSuggestedBindings; const XrActionSuggestedBinding *suggestedBindings;
  } XrInteractionProfileSuggestedBinding;
typedef struct XrSessionActionSetsAttachInfo { XrStructureType type; const void *next; uint32_t countActionSets;
  const XrActionSet *actionSets; } XrSessionActionSetsAttachInfo;
typedef struct XrActiveActionSet { XrActionSet actionSet; XrPath subactionPath; } XrActiveActionSet;
typedef struct XrActionsSyncInfo { XrStructureType type; const void *next; uint32_t countActiveActionSets;
  const XrActiveActionSet *activeActionSets; } XrActionsSyncInfo;
typedef struct XrActionStateGetInfo { XrStructureType type; const void *next; XrAction action; XrPath subactionPath;
  } XrActionStateGetInfo;
typedef struct XrActionStatePose { XrStructureType type; void *next; XrBool32 isActive; } XrActionStatePose;

typedef struct XrSystemEyeGazeInteractionPropertiesEXT { XrStructureType type; void *next;
  XrBool32 supportsEyeGazeInteraction; } XrSystemEyeGazeInteractionPropertiesEXT;
typedef struct XrEyeGazeSampleTimeEXT { XrStructureType type; void *next; XrTime time; } XrEyeGazeSampleTimeEXT;
typedef struct XrSystemEyeTrackingPropertiesFB { XrStructureType type; void *next; XrBool32 supportsEyeTracking;
  } XrSystemEyeTrackingPropertiesFB;
typedef struct XrEyeTrackerCreateInfoFB { XrStructureType type; const void *next; } XrEyeTrackerCreateInfoFB;
typedef struct XrEyeGazesInfoFB { XrStructureType type; const void *next; XrSpace baseSpace; XrTime time;
  } XrEyeGazesInfoFB;
typedef struct XrEyeGazeFB { XrBool32 isValid; XrPosef gazePose; float gazeConfidence; } XrEyeGazeFB;
typedef struct XrEyeGazesFB { XrStructureType type; void *next; XrEyeGazeFB gaze[2]; XrTime time; } XrEyeGazesFB;
typedef struct XrSystemFacialSimulationPropertiesBD { XrStructureType type; void *next; XrBool32 supportsFaceTracking;
  } XrSystemFacialSimulationPropertiesBD;
typedef struct XrFaceTrackerCreateInfoBD { XrStructureType type; const void *next; XrFacialSimulationModeBD mode;
  } XrFaceTrackerCreateInfoBD;
typedef struct XrFacialSimulationDataGetInfoBD { XrStructureType type; const void *next; XrTime time;
  } XrFacialSimulationDataGetInfoBD;
typedef struct XrFacialSimulationDataBD { XrStructureType type; void *next; uint32_t faceExpressionWeightCount;
  float *faceExpressionWeights; XrBool32 isUpperFaceDataValid; XrBool32 isLowerFaceDataValid; XrTime time;
  } XrFacialSimulationDataBD;
typedef struct XrLipExpressionDataBD { XrStructureType type; void *next; uint32_t lipsyncExpressionWeightCount;
  float *lipsyncExpressionWeights; } XrLipExpressionDataBD;
