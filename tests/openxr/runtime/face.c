/* The face and eye trackers of five extensions. */
#include <string.h>

#include "runtime.h"

XrResult xrCreateFaceTracker2FB(XrSession session, const XrFaceTrackerCreateInfo2FB *info, XrFaceTracker2FB *tracker) {
  uint32_t sources = 0;
  ENTER(xrCreateFaceTracker2FB);
  ENABLED(FACE2);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_FACE_TRACKER_CREATE_INFO2_FB);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, info->faceExpressionSet != XR_FACE_EXPRESSION_SET2_DEFAULT_FB,
         "faceExpressionSet");
  REFUSE(XR_ERROR_VALIDATION_FAILURE, info->requestedDataSourceCount && !info->requestedDataSources,
         "requestedDataSources");
  for (uint32_t at = 0; at < info->requestedDataSourceCount; at++) {
    int32_t source = info->requestedDataSources[at];
    REFUSE(XR_ERROR_VALIDATION_FAILURE, source < 0 || source > 1 || (sources >> source & 1), "requestedDataSources");
    sources |= 1u << source;
  }
  sources = (sources ? sources : 3) & stub->supported / SUPPORTS_VISUAL;
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !sources, "no data source");
  made(FACE2_TRACKER, session, tracker)->sources = sources;
  return done(F_xrCreateFaceTracker2FB);
}
XrResult xrDestroyFaceTracker2FB(XrFaceTracker2FB tracker) {
  ENTER(xrDestroyFaceTracker2FB);
  return destroyed(tracker, FACE2_TRACKER);
}
XrResult xrGetFaceExpressionWeights2FB(XrFaceTracker2FB tracker, const XrFaceExpressionInfo2FB *info,
                                       XrFaceExpressionWeights2FB *face) {
  ENTER(xrGetFaceExpressionWeights2FB);
  HELD(tracker, FACE2_TRACKER);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(info, XR_TYPE_FACE_EXPRESSION_INFO2_FB);
  TYPED(face, XR_TYPE_FACE_EXPRESSION_WEIGHTS2_FB);
  TIMED(info->time);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, face->weightCount != 70 || !face->weights, "weights");
  REFUSE(XR_ERROR_VALIDATION_FAILURE, face->confidenceCount != 2 || !face->confidences, "confidences");
  face->dataSource = stub->face2.data_source;
  face->isValid = stub->face2.valid && (found(tracker, FACE2_TRACKER)->sources >> face->dataSource & 1);
  face->isEyeFollowingBlendshapesValid = face->isValid && stub->face2.eyes_valid;
  face->time = sampled(stub->face2.time);
  memset(face->weights, 0, sizeof stub->face2.weights);
  if (face->isValid) memcpy(face->weights, stub->face2.weights, sizeof stub->face2.weights);
  for (int at = XR_FACE_EXPRESSION2_EYES_LOOK_DOWN_L_FB; at <= XR_FACE_EXPRESSION2_EYES_LOOK_UP_R_FB; at++)
    if (!face->isEyeFollowingBlendshapesValid) face->weights[at] = 0;
  memcpy(face->confidences, stub->face2.confidences, sizeof stub->face2.confidences);
  return done(F_xrGetFaceExpressionWeights2FB);
}

XrResult xrCreateEyeTrackerFB(XrSession session, const XrEyeTrackerCreateInfoFB *info, XrEyeTrackerFB *tracker) {
  ENTER(xrCreateEyeTrackerFB);
  ENABLED(EYES);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_EYE_TRACKER_CREATE_INFO_FB);
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !(stub->supported & SUPPORTS_EYES), "eyes");
  made(EYES_TRACKER, session, tracker);
  return done(F_xrCreateEyeTrackerFB);
}
XrResult xrDestroyEyeTrackerFB(XrEyeTrackerFB tracker) {
  ENTER(xrDestroyEyeTrackerFB);
  return destroyed(tracker, EYES_TRACKER);
}
XrResult xrGetEyeGazesFB(XrEyeTrackerFB tracker, const XrEyeGazesInfoFB *info, XrEyeGazesFB *gazes) {
  ENTER(xrGetEyeGazesFB);
  HELD(tracker, EYES_TRACKER);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(info, XR_TYPE_EYE_GAZES_INFO_FB);
  TYPED(gazes, XR_TYPE_EYE_GAZES_FB);
  HELD(info->baseSpace, SPACE);
  TIMED(info->time);
  REFUSE(XR_ERROR_RUNTIME_FAILURE, found(info->baseSpace, SPACE)->what != XR_REFERENCE_SPACE_TYPE_VIEW,
         "eyes in another space than VIEW are not built");
  for (int eye = 0; eye < 2; eye++)
    gazes->gaze[eye] = (XrEyeGazeFB){stub->eyes.valid[eye], stub->eyes.pose[eye], stub->eyes.confidence[eye]};
  gazes->time = sampled(stub->eyes.time);
  return done(F_xrGetEyeGazesFB);
}

XrResult xrCreateFacialTrackerHTC(XrSession session, const XrFacialTrackerCreateInfoHTC *info,
                                  XrFacialTrackerHTC *tracker) {
  ENTER(xrCreateFacialTrackerHTC);
  ENABLED(FACIAL);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_FACIAL_TRACKER_CREATE_INFO_HTC);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, info->facialTrackingType != XR_FACIAL_TRACKING_TYPE_EYE_DEFAULT_HTC &&
         info->facialTrackingType != XR_FACIAL_TRACKING_TYPE_LIP_DEFAULT_HTC, "facialTrackingType");
  XrBool32 lip = info->facialTrackingType == XR_FACIAL_TRACKING_TYPE_LIP_DEFAULT_HTC;
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !(stub->supported & (lip ? SUPPORTS_LIP_FACIAL : SUPPORTS_EYE_FACIAL)), "type");
  made(lip ? LIP_FACIAL_TRACKER : EYE_FACIAL_TRACKER, session, tracker);
  return done(F_xrCreateFacialTrackerHTC);
}
XrResult xrDestroyFacialTrackerHTC(XrFacialTrackerHTC tracker) {
  ENTER(xrDestroyFacialTrackerHTC);
  return destroyed(tracker, found(tracker, LIP_FACIAL_TRACKER) ? LIP_FACIAL_TRACKER : EYE_FACIAL_TRACKER);
}
XrResult xrGetFacialExpressionsHTC(XrFacialTrackerHTC tracker, XrFacialExpressionsHTC *face) {
  ENTER(xrGetFacialExpressionsHTC);
  XrBool32 lip = found(tracker, LIP_FACIAL_TRACKER) != NULL;
  if (!lip) HELD(tracker, EYE_FACIAL_TRACKER);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(face, XR_TYPE_FACIAL_EXPRESSIONS_HTC);
  uint32_t count = lip ? XR_FACIAL_EXPRESSION_LIP_COUNT_HTC : XR_FACIAL_EXPRESSION_EYE_COUNT_HTC;
  GIVEN(face->expressionWeightings);
  REFUSE(XR_ERROR_SIZE_INSUFFICIENT, face->expressionCount < count, "expressionCount");
  face->isActive = lip ? stub->facial.lip_active : stub->facial.eye_active;
  face->sampleTime = sampled(lip ? stub->facial.lip_time : stub->facial.eye_time);
  memcpy(face->expressionWeightings, lip ? stub->facial.lip : stub->facial.eye, count * sizeof(float));
  return done(F_xrGetFacialExpressionsHTC);
}

XrResult xrCreateFaceTrackerANDROID(XrSession session, const XrFaceTrackerCreateInfoANDROID *info,
                                    XrFaceTrackerANDROID *tracker) {
  ENTER(xrCreateFaceTrackerANDROID);
  ENABLED(ANDROID);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_FACE_TRACKER_CREATE_INFO_ANDROID);
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !(stub->supported & SUPPORTS_ANDROID), "face");
  made(ANDROID_TRACKER, session, tracker);
  return done(F_xrCreateFaceTrackerANDROID);
}
XrResult xrDestroyFaceTrackerANDROID(XrFaceTrackerANDROID tracker) {
  ENTER(xrDestroyFaceTrackerANDROID);
  return destroyed(tracker, ANDROID_TRACKER);
}
XrResult xrGetFaceStateANDROID(XrFaceTrackerANDROID tracker, const XrFaceStateGetInfoANDROID *info,
                               XrFaceStateANDROID *face) {
  ENTER(xrGetFaceStateANDROID);
  HELD(tracker, ANDROID_TRACKER);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(info, XR_TYPE_FACE_STATE_GET_INFO_ANDROID);
  TYPED(face, XR_TYPE_FACE_STATE_ANDROID);
  TIMED(info->time);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, (face->parametersCapacityInput && !face->parameters) ||
         (face->regionConfidencesCapacityInput && !face->regionConfidences), "parameters");
  XrResult parameters = enumerated(face->parametersCapacityInput, &face->parametersCountOutput, 68);
  XrResult regions = enumerated(face->regionConfidencesCapacityInput, &face->regionConfidencesCountOutput, 3);
  if (parameters || regions) return parameters ? parameters : regions;
  if (face->parametersCapacityInput)
    memcpy(face->parameters, stub->android.parameters, sizeof stub->android.parameters);
  if (face->regionConfidencesCapacityInput)
    memcpy(face->regionConfidences, stub->android.confidences, sizeof stub->android.confidences);
  face->faceTrackingState = stub->android.state;
  face->sampleTime = sampled(stub->android.time);
  face->isValid = stub->android.valid;
  return done(F_xrGetFaceStateANDROID);
}
XrResult xrGetFaceCalibrationStateANDROID(XrFaceTrackerANDROID tracker, XrBool32 *calibrated) {
  ENTER(xrGetFaceCalibrationStateANDROID);
  HELD(tracker, ANDROID_TRACKER);
  GIVEN(calibrated);
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !(stub->supported & SUPPORTS_CALIBRATION), "calibration");
  *calibrated = stub->android.calibrated;
  return done(F_xrGetFaceCalibrationStateANDROID);
}

static XrBool32 mode_known(int32_t mode) { return mode >= 0 && mode < 4 && (stub->bd.modes >> mode & 1); }
XrResult xrEnumerateFacialSimulationModesBD(XrSession session, uint32_t capacity, uint32_t *count,
                                            XrFacialSimulationModeBD *modes) {
  ENTER(xrEnumerateFacialSimulationModesBD);
  ENABLED(BD);
  IN_SESSION(session);
  XrResult result = enumerated(capacity, count, (uint32_t)__builtin_popcount(stub->bd.modes & 15));
  for (int32_t mode = 0; capacity && result == XR_SUCCESS && mode < 4; mode++) if (mode_known(mode)) *modes++ = mode;
  return result;
}
XrResult xrCreateFaceTrackerBD(XrSession session, const XrFaceTrackerCreateInfoBD *info, XrFaceTrackerBD *tracker) {
  ENTER(xrCreateFaceTrackerBD);
  ENABLED(BD);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_FACE_TRACKER_CREATE_INFO_BD);
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !(stub->supported & SUPPORTS_BD) || !mode_known(info->mode), "mode");
  made(BD_TRACKER, session, tracker)->what = info->mode;
  return done(F_xrCreateFaceTrackerBD);
}
XrResult xrDestroyFaceTrackerBD(XrFaceTrackerBD tracker) {
  ENTER(xrDestroyFaceTrackerBD);
  return destroyed(tracker, BD_TRACKER);
}
XrResult xrSetFacialSimulationModeBD(XrFaceTrackerBD tracker, XrFacialSimulationModeBD mode) {
  ENTER(xrSetFacialSimulationModeBD);
  HELD(tracker, BD_TRACKER);
  REFUSE(XR_ERROR_FEATURE_UNSUPPORTED, !mode_known(mode), "mode");
  found(tracker, BD_TRACKER)->what = mode;
  return done(F_xrSetFacialSimulationModeBD);
}
XrResult xrGetFacialSimulationModeBD(XrFaceTrackerBD tracker, XrFacialSimulationModeBD *mode) {
  ENTER(xrGetFacialSimulationModeBD);
  HELD(tracker, BD_TRACKER);
  GIVEN(mode);
  *mode = found(tracker, BD_TRACKER)->what;
  return done(F_xrGetFacialSimulationModeBD);
}
XrResult xrGetFacialSimulationDataBD(XrFaceTrackerBD tracker, const XrFacialSimulationDataGetInfoBD *info,
                                     XrFacialSimulationDataBD *face) {
  ENTER(xrGetFacialSimulationDataBD);
  HELD(tracker, BD_TRACKER);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(info, XR_TYPE_FACIAL_SIMULATION_DATA_GET_INFO_BD);
  TYPED(face, XR_TYPE_FACIAL_SIMULATION_DATA_BD);
  TIMED(info->time);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, face->faceExpressionWeightCount != 52 || !face->faceExpressionWeights, "weights");
  XrLipExpressionDataBD *lips = chained(face->next, XR_TYPE_LIP_EXPRESSION_DATA_BD);
  if (found(tracker, BD_TRACKER)->what >= XR_FACIAL_SIMULATION_MODE_COMBINED_AUDIO_WITH_LIP_BD) {
    REFUSE(XR_ERROR_VALIDATION_FAILURE, !lips || lips->lipsyncExpressionWeightCount != 20 ||
           !lips->lipsyncExpressionWeights, "lips");
    memcpy(lips->lipsyncExpressionWeights, stub->bd.lip, sizeof stub->bd.lip);
  }
  memcpy(face->faceExpressionWeights, stub->bd.face, sizeof stub->bd.face);
  face->isUpperFaceDataValid = stub->bd.upper_valid;
  face->isLowerFaceDataValid = stub->bd.lower_valid;
  face->time = sampled(stub->bd.time);
  return done(F_xrGetFacialSimulationDataBD);
}
