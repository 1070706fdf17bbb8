/* Generated from vrface/face/tables by scripts/constants: never edit.
 * The 54 in the order of every weight array; a face's extras follow, in the order of EXTRAS. Left
 * and right are the wearer's. */
#ifndef VRFACE_SHAPES_H
#define VRFACE_SHAPES_H

enum { VRFACE_SET_VERSION = 1, VRFACE_SHAPE_COUNT = 54, VRFACE_EXTRA_COUNT = 94, VRFACE_MOST_EXTRAS = 42 };

typedef enum vrface_shape {
  VRFACE_EYE_BLINK_LEFT = 0,
  VRFACE_EYE_LOOK_DOWN_LEFT = 1,
  VRFACE_EYE_LOOK_IN_LEFT = 2,
  VRFACE_EYE_LOOK_OUT_LEFT = 3,
  VRFACE_EYE_LOOK_UP_LEFT = 4,
  VRFACE_EYE_SQUINT_LEFT = 5,
  VRFACE_EYE_WIDE_LEFT = 6,
  VRFACE_EYE_BLINK_RIGHT = 7,
  VRFACE_EYE_LOOK_DOWN_RIGHT = 8,
  VRFACE_EYE_LOOK_IN_RIGHT = 9,
  VRFACE_EYE_LOOK_OUT_RIGHT = 10,
  VRFACE_EYE_LOOK_UP_RIGHT = 11,
  VRFACE_EYE_SQUINT_RIGHT = 12,
  VRFACE_EYE_WIDE_RIGHT = 13,
  VRFACE_JAW_FORWARD = 14,
  VRFACE_JAW_LEFT = 15,
  VRFACE_JAW_RIGHT = 16,
  VRFACE_JAW_OPEN = 17,
  VRFACE_MOUTH_CLOSE = 18,
  VRFACE_MOUTH_FUNNEL = 19,
  VRFACE_MOUTH_PUCKER = 20,
  VRFACE_MOUTH_LEFT = 21,
  VRFACE_MOUTH_RIGHT = 22,
  VRFACE_MOUTH_SMILE_LEFT = 23,
  VRFACE_MOUTH_SMILE_RIGHT = 24,
  VRFACE_MOUTH_FROWN_LEFT = 25,
  VRFACE_MOUTH_FROWN_RIGHT = 26,
  VRFACE_MOUTH_DIMPLE_LEFT = 27,
  VRFACE_MOUTH_DIMPLE_RIGHT = 28,
  VRFACE_MOUTH_STRETCH_LEFT = 29,
  VRFACE_MOUTH_STRETCH_RIGHT = 30,
  VRFACE_MOUTH_ROLL_LOWER = 31,
  VRFACE_MOUTH_ROLL_UPPER = 32,
  VRFACE_MOUTH_SHRUG_LOWER = 33,
  VRFACE_MOUTH_SHRUG_UPPER = 34,
  VRFACE_MOUTH_PRESS_LEFT = 35,
  VRFACE_MOUTH_PRESS_RIGHT = 36,
  VRFACE_MOUTH_LOWER_DOWN_LEFT = 37,
  VRFACE_MOUTH_LOWER_DOWN_RIGHT = 38,
  VRFACE_MOUTH_UPPER_UP_LEFT = 39,
  VRFACE_MOUTH_UPPER_UP_RIGHT = 40,
  VRFACE_BROW_DOWN_LEFT = 41,
  VRFACE_BROW_DOWN_RIGHT = 42,
  VRFACE_BROW_INNER_UP_LEFT = 43,
  VRFACE_BROW_INNER_UP_RIGHT = 44,
  VRFACE_BROW_OUTER_UP_LEFT = 45,
  VRFACE_BROW_OUTER_UP_RIGHT = 46,
  VRFACE_CHEEK_PUFF_LEFT = 47,
  VRFACE_CHEEK_PUFF_RIGHT = 48,
  VRFACE_CHEEK_SQUINT_LEFT = 49,
  VRFACE_CHEEK_SQUINT_RIGHT = 50,
  VRFACE_NOSE_SNEER_LEFT = 51,
  VRFACE_NOSE_SNEER_RIGHT = 52,
  VRFACE_TONGUE_OUT = 53,
} vrface_shape;

static const char *const vrface_shape_names[VRFACE_SHAPE_COUNT] = {
  "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
  "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
  "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft",
  "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
  "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft",
  "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper",
  "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
  "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight",
  "browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight", "cheekPuffLeft",
  "cheekPuffRight", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
  "tongueOut"
};

static const char *const vrface_extra_names[VRFACE_EXTRA_COUNT] = {
  "browPinchLeft", "browPinchRight", "browLowererLeft", "browLowererRight", "cheekSuck",
  "cheekSuckLeft", "cheekSuckRight", "jawBackward", "jawClench", "jawMandibleRaise",
  "lipFunnelUpper", "lipFunnelLower", "lipFunnelUpperLeft", "lipFunnelUpperRight",
  "lipFunnelLowerLeft", "lipFunnelLowerRight", "lipSuckUpperLeft", "lipSuckUpperRight",
  "lipSuckLowerLeft", "lipSuckLowerRight", "lipPuckerLeft", "lipPuckerRight", "lipPuckerUpperLeft",
  "lipPuckerUpperRight", "lipPuckerLowerLeft", "lipPuckerLowerRight", "mouthUpperLeft",
  "mouthUpperRight", "mouthLowerLeft", "mouthLowerRight", "mouthCornerPullLeft",
  "mouthCornerPullRight", "mouthCornerSlantLeft", "mouthCornerSlantRight", "mouthTightenerLeft",
  "mouthTightenerRight", "tongueUp", "tongueDown", "tongueLeft", "tongueRight", "tongueRoll",
  "tongueUpLeft", "tongueUpRight", "tongueDownLeft", "tongueDownRight", "tongueStep1",
  "tongueStep2", "tongueBendDown", "tongueCurlUp", "tongueSquish", "tongueFlat", "tongueTwistLeft",
  "tongueTwistRight", "tongueTipInterdental", "tongueTipAlveolar", "tongueFrontDorsalPalate",
  "tongueMidDorsalPalate", "tongueBackDorsalVelar", "tongueRetreat", "visemeSil", "visemePp",
  "visemeFf", "visemeTh", "visemeDd", "visemeKk", "visemeCh", "visemeSs", "visemeNn", "visemeRr",
  "visemeAa", "visemeE", "visemeIh", "visemeOh", "visemeOu", "lipPp", "lipCh", "lipLo", "lipO",
  "lipI", "lipLu", "lipRr", "lipXx", "lipLaa", "lipLi", "lipFf", "lipU", "lipTh", "lipLkk", "lipSs",
  "lipLe", "lipDd", "lipE", "lipLnn", "lipSil"
};

typedef enum vrface_source {
  VRFACE_SOURCE_ABSENT = 0,
  VRFACE_SOURCE_MEASURED = 1,
  VRFACE_SOURCE_INFERRED = 2,
  VRFACE_SOURCE_HELD = 3,
  VRFACE_SOURCE_NEUTRAL = 4,
  VRFACE_SOURCE_GENERATED = 5,
  VRFACE_SOURCE_CUED = 6,
  VRFACE_SOURCE_COPIED = 7,
} vrface_source;

typedef enum vrface_status {
  VRFACE_STATUS_ABSENT = 0,
  VRFACE_STATUS_TRACKING = 1,
  VRFACE_STATUS_WARMING_UP = 2,
  VRFACE_STATUS_NOT_WORN = 3,
  VRFACE_STATUS_STALE = 4,
  VRFACE_STATUS_WITHHELD = 5,
} vrface_status;

enum { VRFACE_ARKIT_COUNT = 52 };
static const char *const vrface_arkit_names[VRFACE_ARKIT_COUNT] = {
  "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
  "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
  "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft",
  "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
  "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft",
  "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper",
  "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
  "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight",
  "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
  "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"
};

enum { VRFACE_UNIFIED_COUNT = 102 };
static const char *const vrface_unified_names[VRFACE_UNIFIED_COUNT] = {
  "EyeSquintRight", "EyeSquintLeft", "EyeWideRight", "EyeWideLeft", "BrowPinchRight",
  "BrowPinchLeft", "BrowLowererRight", "BrowLowererLeft", "BrowInnerUpRight", "BrowInnerUpLeft",
  "BrowOuterUpRight", "BrowOuterUpLeft", "NasalDilationRight", "NasalDilationLeft",
  "NasalConstrictRight", "NasalConstrictLeft", "CheekSquintRight", "CheekSquintLeft",
  "CheekPuffRight", "CheekPuffLeft", "CheekSuckRight", "CheekSuckLeft", "JawOpen", "JawRight",
  "JawLeft", "JawForward", "JawBackward", "JawClench", "JawMandibleRaise", "MouthClosed",
  "LipSuckUpperRight", "LipSuckUpperLeft", "LipSuckLowerRight", "LipSuckLowerLeft",
  "LipSuckCornerRight", "LipSuckCornerLeft", "LipFunnelUpperRight", "LipFunnelUpperLeft",
  "LipFunnelLowerRight", "LipFunnelLowerLeft", "LipPuckerUpperRight", "LipPuckerUpperLeft",
  "LipPuckerLowerRight", "LipPuckerLowerLeft", "MouthUpperUpRight", "MouthUpperUpLeft",
  "MouthUpperDeepenRight", "MouthUpperDeepenLeft", "NoseSneerRight", "NoseSneerLeft",
  "MouthLowerDownRight", "MouthLowerDownLeft", "MouthUpperRight", "MouthUpperLeft",
  "MouthLowerRight", "MouthLowerLeft", "MouthCornerPullRight", "MouthCornerPullLeft",
  "MouthCornerSlantRight", "MouthCornerSlantLeft", "MouthFrownRight", "MouthFrownLeft",
  "MouthStretchRight", "MouthStretchLeft", "MouthDimpleRight", "MouthDimpleLeft",
  "MouthRaiserUpper", "MouthRaiserLower", "MouthPressRight", "MouthPressLeft",
  "MouthTightenerRight", "MouthTightenerLeft", "TongueOut", "TongueUp", "TongueDown", "TongueRight",
  "TongueLeft", "TongueRoll", "TongueBendDown", "TongueCurlUp", "TongueSquish", "TongueFlat",
  "TongueTwistRight", "TongueTwistLeft", "SoftPalateClose", "ThroatSwallow", "NeckFlexRight",
  "NeckFlexLeft", "EyeLookOutRight", "EyeLookInRight", "EyeLookUpRight", "EyeLookDownRight",
  "EyeLookOutLeft", "EyeLookInLeft", "EyeLookUpLeft", "EyeLookDownLeft", "EyeClosedRight",
  "EyeClosedLeft", "EyeDilationRight", "EyeDilationLeft", "EyeConstrictRight", "EyeConstrictLeft"
};

#endif
