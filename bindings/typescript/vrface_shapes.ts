// Generated from vrface/face/tables by scripts/constants: never edit.
// The 54 in the order of every weight array; a face's extras follow, in the order of EXTRAS. Left
// and right are the wearer's.
export const SET_VERSION = 1;
export const MOST_EXTRAS = 42;

export const SHAPES = [
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
  "tongueOut",
] as const;

export type ShapeName = (typeof SHAPES)[number];

export const Shape = {
  eyeBlinkLeft: 0,
  eyeLookDownLeft: 1,
  eyeLookInLeft: 2,
  eyeLookOutLeft: 3,
  eyeLookUpLeft: 4,
  eyeSquintLeft: 5,
  eyeWideLeft: 6,
  eyeBlinkRight: 7,
  eyeLookDownRight: 8,
  eyeLookInRight: 9,
  eyeLookOutRight: 10,
  eyeLookUpRight: 11,
  eyeSquintRight: 12,
  eyeWideRight: 13,
  jawForward: 14,
  jawLeft: 15,
  jawRight: 16,
  jawOpen: 17,
  mouthClose: 18,
  mouthFunnel: 19,
  mouthPucker: 20,
  mouthLeft: 21,
  mouthRight: 22,
  mouthSmileLeft: 23,
  mouthSmileRight: 24,
  mouthFrownLeft: 25,
  mouthFrownRight: 26,
  mouthDimpleLeft: 27,
  mouthDimpleRight: 28,
  mouthStretchLeft: 29,
  mouthStretchRight: 30,
  mouthRollLower: 31,
  mouthRollUpper: 32,
  mouthShrugLower: 33,
  mouthShrugUpper: 34,
  mouthPressLeft: 35,
  mouthPressRight: 36,
  mouthLowerDownLeft: 37,
  mouthLowerDownRight: 38,
  mouthUpperUpLeft: 39,
  mouthUpperUpRight: 40,
  browDownLeft: 41,
  browDownRight: 42,
  browInnerUpLeft: 43,
  browInnerUpRight: 44,
  browOuterUpLeft: 45,
  browOuterUpRight: 46,
  cheekPuffLeft: 47,
  cheekPuffRight: 48,
  cheekSquintLeft: 49,
  cheekSquintRight: 50,
  noseSneerLeft: 51,
  noseSneerRight: 52,
  tongueOut: 53,
} as const;
export type Shape = (typeof Shape)[keyof typeof Shape];

export const EXTRAS = [
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
  "lipLe", "lipDd", "lipE", "lipLnn", "lipSil",
] as const;

export type ExtraName = (typeof EXTRAS)[number];

export const Source = {
  ABSENT: 0,
  MEASURED: 1,
  INFERRED: 2,
  HELD: 3,
  NEUTRAL: 4,
  GENERATED: 5,
  CUED: 6,
  COPIED: 7,
} as const;
export type Source = (typeof Source)[keyof typeof Source];

export const FaceStatus = {
  ABSENT: 0,
  TRACKING: 1,
  WARMING_UP: 2,
  NOT_WORN: 3,
  STALE: 4,
  WITHHELD: 5,
} as const;
export type FaceStatus = (typeof FaceStatus)[keyof typeof FaceStatus];

export const ARKIT = [
  "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
  "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
  "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft",
  "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
  "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft",
  "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper",
  "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
  "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight",
  "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
  "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
] as const;

export const UNIFIED = [
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
  "EyeClosedLeft", "EyeDilationRight", "EyeDilationLeft", "EyeConstrictRight", "EyeConstrictLeft",
] as const;
