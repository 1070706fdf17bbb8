/* The file that steers the stub runtime, mapped by it and by any number of tests at once. tests/openxr/stub.py mirrors
 * it and tells what each field does. */
#pragma once
#include "openxr_client.h"

enum {
#define FUNCTION(name) F_##name,
#include "functions.h"
#undef FUNCTION
  FUNCTIONS
};
/* Bits of `offered`, in the order of EXTENSIONS in runtime.c. */
enum { HEADLESS = 1, TIMESPEC = 2, EYE_GAZE = 4, FACE2 = 8, EYES = 16, FACIAL = 32, ANDROID = 64, BD = 128 };
/* Bits of `supported`. */
enum { SUPPORTS_GAZE = 1, SUPPORTS_VISUAL = 2, SUPPORTS_AUDIO = 4, SUPPORTS_EYES = 8, SUPPORTS_EYE_FACIAL = 16,
  SUPPORTS_LIP_FACIAL = 32, SUPPORTS_ANDROID = 64, SUPPORTS_BD = 128, SUPPORTS_CALIBRATION = 256 };
/* Kinds of handles; `live` counts them. */
enum { INSTANCE, SESSION, SPACE, ACTION_SET, ACTION, FACE2_TRACKER, EYES_TRACKER, EYE_FACIAL_TRACKER,
  LIP_FACIAL_TRACKER,
  ANDROID_TRACKER, BD_TRACKER, KINDS };

typedef struct { XrPosef pose; uint32_t active; XrSpaceLocationFlags flags; XrTime time; } located;
typedef struct { float weights[70], confidences[2]; uint32_t valid, eyes_valid; int32_t data_source; XrTime time; }
  face2;
typedef struct { XrPosef pose[2]; uint32_t valid[2]; float confidence[2]; XrTime time; } eye_poses;
typedef struct { float eye[14], lip[37]; uint32_t eye_active, lip_active; XrTime eye_time, lip_time; } facial;
typedef struct {
  float parameters[68], confidences[3]; uint32_t valid; int32_t state; uint32_t calibrated; XrTime time;
} android_face;
typedef struct { float face[52], lip[20]; uint32_t upper_valid, lower_valid, modes; XrTime time; } bd_face;
typedef struct {
  uint32_t bytes, offered, supported;
  int32_t session_state;
  uint32_t instance_loss_pending, session_lost;
  int64_t time_offset_ns;
  located head, gaze;
  face2 face2;
  eye_poses eyes;
  facial facial;
  android_face android;
  bd_face bd;
  int32_t results[FUNCTIONS];
  uint32_t calls[FUNCTIONS], live[KINDS], enabled, refused;
  char refusal[128];
} steering;
