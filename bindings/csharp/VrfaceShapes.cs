// Generated from vrface/face/tables by scripts/constants: never edit.
// The 54 in the order of every weight array; a face's extras follow, in the order of EXTRAS. Left
// and right are the wearer's.
namespace Vrface
{
    public enum Shape
    {
        EyeBlinkLeft = 0,
        EyeLookDownLeft = 1,
        EyeLookInLeft = 2,
        EyeLookOutLeft = 3,
        EyeLookUpLeft = 4,
        EyeSquintLeft = 5,
        EyeWideLeft = 6,
        EyeBlinkRight = 7,
        EyeLookDownRight = 8,
        EyeLookInRight = 9,
        EyeLookOutRight = 10,
        EyeLookUpRight = 11,
        EyeSquintRight = 12,
        EyeWideRight = 13,
        JawForward = 14,
        JawLeft = 15,
        JawRight = 16,
        JawOpen = 17,
        MouthClose = 18,
        MouthFunnel = 19,
        MouthPucker = 20,
        MouthLeft = 21,
        MouthRight = 22,
        MouthSmileLeft = 23,
        MouthSmileRight = 24,
        MouthFrownLeft = 25,
        MouthFrownRight = 26,
        MouthDimpleLeft = 27,
        MouthDimpleRight = 28,
        MouthStretchLeft = 29,
        MouthStretchRight = 30,
        MouthRollLower = 31,
        MouthRollUpper = 32,
        MouthShrugLower = 33,
        MouthShrugUpper = 34,
        MouthPressLeft = 35,
        MouthPressRight = 36,
        MouthLowerDownLeft = 37,
        MouthLowerDownRight = 38,
        MouthUpperUpLeft = 39,
        MouthUpperUpRight = 40,
        BrowDownLeft = 41,
        BrowDownRight = 42,
        BrowInnerUpLeft = 43,
        BrowInnerUpRight = 44,
        BrowOuterUpLeft = 45,
        BrowOuterUpRight = 46,
        CheekPuffLeft = 47,
        CheekPuffRight = 48,
        CheekSquintLeft = 49,
        CheekSquintRight = 50,
        NoseSneerLeft = 51,
        NoseSneerRight = 52,
        TongueOut = 53,
    }

    public enum Source : byte
    {
        Absent = 0,
        Measured = 1,
        Inferred = 2,
        Held = 3,
        Neutral = 4,
        Generated = 5,
        Cued = 6,
        Copied = 7,
    }

    public enum FaceStatus : byte
    {
        Absent = 0,
        Tracking = 1,
        WarmingUp = 2,
        NotWorn = 3,
        Stale = 4,
        Withheld = 5,
    }

    public static class Shapes
    {
        public const int SetVersion = 1;
        public const int Count = 54;
        public const int MostExtras = 42;

        public static readonly string[] Names =
        {
            "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
            "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
            "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward",
            "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker",
            "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
            "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
            "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
            "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
            "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
            "browDownRight", "browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft",
            "browOuterUpRight", "cheekPuffLeft", "cheekPuffRight", "cheekSquintLeft",
            "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
        };

        public static readonly string[] Extras =
        {
            "browPinchLeft", "browPinchRight", "browLowererLeft", "browLowererRight", "cheekSuck",
            "cheekSuckLeft", "cheekSuckRight", "jawBackward", "jawClench", "jawMandibleRaise",
            "lipFunnelUpper", "lipFunnelLower", "lipFunnelUpperLeft", "lipFunnelUpperRight",
            "lipFunnelLowerLeft", "lipFunnelLowerRight", "lipSuckUpperLeft", "lipSuckUpperRight",
            "lipSuckLowerLeft", "lipSuckLowerRight", "lipPuckerLeft", "lipPuckerRight",
            "lipPuckerUpperLeft", "lipPuckerUpperRight", "lipPuckerLowerLeft",
            "lipPuckerLowerRight", "mouthUpperLeft", "mouthUpperRight", "mouthLowerLeft",
            "mouthLowerRight", "mouthCornerPullLeft", "mouthCornerPullRight",
            "mouthCornerSlantLeft", "mouthCornerSlantRight", "mouthTightenerLeft",
            "mouthTightenerRight", "tongueUp", "tongueDown", "tongueLeft", "tongueRight",
            "tongueRoll", "tongueUpLeft", "tongueUpRight", "tongueDownLeft", "tongueDownRight",
            "tongueStep1", "tongueStep2", "tongueBendDown", "tongueCurlUp", "tongueSquish",
            "tongueFlat", "tongueTwistLeft", "tongueTwistRight", "tongueTipInterdental",
            "tongueTipAlveolar", "tongueFrontDorsalPalate", "tongueMidDorsalPalate",
            "tongueBackDorsalVelar", "tongueRetreat", "visemeSil", "visemePp", "visemeFf",
            "visemeTh", "visemeDd", "visemeKk", "visemeCh", "visemeSs", "visemeNn", "visemeRr",
            "visemeAa", "visemeE", "visemeIh", "visemeOh", "visemeOu", "lipPp", "lipCh", "lipLo",
            "lipO", "lipI", "lipLu", "lipRr", "lipXx", "lipLaa", "lipLi", "lipFf", "lipU", "lipTh",
            "lipLkk", "lipSs", "lipLe", "lipDd", "lipE", "lipLnn", "lipSil",
        };

        public static readonly string[] Arkit =
        {
            "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
            "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
            "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward",
            "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker",
            "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
            "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
            "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
            "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft",
            "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
            "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
            "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
        };

        public static readonly string[] Unified =
        {
            "EyeSquintRight", "EyeSquintLeft", "EyeWideRight", "EyeWideLeft", "BrowPinchRight",
            "BrowPinchLeft", "BrowLowererRight", "BrowLowererLeft", "BrowInnerUpRight",
            "BrowInnerUpLeft", "BrowOuterUpRight", "BrowOuterUpLeft", "NasalDilationRight",
            "NasalDilationLeft", "NasalConstrictRight", "NasalConstrictLeft", "CheekSquintRight",
            "CheekSquintLeft", "CheekPuffRight", "CheekPuffLeft", "CheekSuckRight", "CheekSuckLeft",
            "JawOpen", "JawRight", "JawLeft", "JawForward", "JawBackward", "JawClench",
            "JawMandibleRaise", "MouthClosed", "LipSuckUpperRight", "LipSuckUpperLeft",
            "LipSuckLowerRight", "LipSuckLowerLeft", "LipSuckCornerRight", "LipSuckCornerLeft",
            "LipFunnelUpperRight", "LipFunnelUpperLeft", "LipFunnelLowerRight",
            "LipFunnelLowerLeft", "LipPuckerUpperRight", "LipPuckerUpperLeft",
            "LipPuckerLowerRight", "LipPuckerLowerLeft", "MouthUpperUpRight", "MouthUpperUpLeft",
            "MouthUpperDeepenRight", "MouthUpperDeepenLeft", "NoseSneerRight", "NoseSneerLeft",
            "MouthLowerDownRight", "MouthLowerDownLeft", "MouthUpperRight", "MouthUpperLeft",
            "MouthLowerRight", "MouthLowerLeft", "MouthCornerPullRight", "MouthCornerPullLeft",
            "MouthCornerSlantRight", "MouthCornerSlantLeft", "MouthFrownRight", "MouthFrownLeft",
            "MouthStretchRight", "MouthStretchLeft", "MouthDimpleRight", "MouthDimpleLeft",
            "MouthRaiserUpper", "MouthRaiserLower", "MouthPressRight", "MouthPressLeft",
            "MouthTightenerRight", "MouthTightenerLeft", "TongueOut", "TongueUp", "TongueDown",
            "TongueRight", "TongueLeft", "TongueRoll", "TongueBendDown", "TongueCurlUp",
            "TongueSquish", "TongueFlat", "TongueTwistRight", "TongueTwistLeft", "SoftPalateClose",
            "ThroatSwallow", "NeckFlexRight", "NeckFlexLeft", "EyeLookOutRight", "EyeLookInRight",
            "EyeLookUpRight", "EyeLookDownRight", "EyeLookOutLeft", "EyeLookInLeft",
            "EyeLookUpLeft", "EyeLookDownLeft", "EyeClosedRight", "EyeClosedLeft",
            "EyeDilationRight", "EyeDilationLeft", "EyeConstrictRight", "EyeConstrictLeft",
        };
    }
}
