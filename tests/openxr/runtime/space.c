/* Spaces and the one action there is, the pose of the gaze. */
#include <string.h>

#include "runtime.h"

static const char PROFILE[] = "/interaction_profiles/ext/eye_gaze_interaction";
static const char GAZE[] = "/user/eyes_ext/input/gaze_ext/pose";
static const XrPosef HERE = {{0, 0, 0, 1}, {0, 0, 0}};

static XrVector3f turned(XrQuaternionf q, XrVector3f v) {
  XrVector3f t = {2 * (q.y * v.z - q.z * v.y), 2 * (q.z * v.x - q.x * v.z), 2 * (q.x * v.y - q.y * v.x)};
  return (XrVector3f){v.x + q.w * t.x + q.y * t.z - q.z * t.y, v.y + q.w * t.y + q.z * t.x - q.x * t.z,
                      v.z + q.w * t.z + q.x * t.y - q.y * t.x};
}
static XrPosef behind(XrPosef a, XrPosef b) { /* what is at b in a space that is itself at a */
  XrQuaternionf p = a.orientation, q = b.orientation;
  XrVector3f at = turned(p, b.position);
  return (XrPosef){{p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y, p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x,
                    p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w, p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z},
                   {a.position.x + at.x, a.position.y + at.y, a.position.z + at.z}};
}
static XrPosef back(XrPosef a) {
  XrQuaternionf q = {-a.orientation.x, -a.orientation.y, -a.orientation.z, a.orientation.w};
  XrVector3f at = turned(q, a.position);
  return (XrPosef){q, {-at.x, -at.y, -at.z}};
}
static XrBool32 whole(XrPosef pose) {
  XrQuaternionf q = pose.orientation;
  float length = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
  return length > .98f && length < 1.02f;
}
static XrBool32 looking(void) { /* the action counts in focus only */
  object *session = each(SESSION, NULL);
  return session && session->attached && session->state == XR_SESSION_STATE_FOCUSED && stub->gaze.active &&
         (stub->supported & SUPPORTS_GAZE);
}
/* Where a space is in LOCAL, which is STAGE as well; `flags` loses what is not known. */
static XrPosef in_local(const object *space, XrSpaceLocationFlags *flags) {
  if (space->what == XR_REFERENCE_SPACE_TYPE_LOCAL || space->what == XR_REFERENCE_SPACE_TYPE_STAGE) return HERE;
  *flags &= stub->head.flags;
  if (space->what == XR_REFERENCE_SPACE_TYPE_VIEW) return stub->head.pose;
  *flags &= looking() ? stub->gaze.flags : 0;
  return behind(stub->head.pose, stub->gaze.pose);
}

XrResult xrEnumerateReferenceSpaces(XrSession session, uint32_t capacity, uint32_t *count, XrReferenceSpaceType *types)
  {
  ENTER(xrEnumerateReferenceSpaces);
  IN_SESSION(session);
  XrResult result = enumerated(capacity, count, 3);
  for (int at = 0; capacity && result == XR_SUCCESS && at < 3; at++) types[at] = XR_REFERENCE_SPACE_TYPE_VIEW + at;
  return result;
}
XrResult xrCreateReferenceSpace(XrSession session, const XrReferenceSpaceCreateInfo *info, XrSpace *space) {
  ENTER(xrCreateReferenceSpace);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_REFERENCE_SPACE_CREATE_INFO);
  REFUSE(XR_ERROR_POSE_INVALID, !whole(info->poseInReferenceSpace), "poseInReferenceSpace");
  REFUSE(XR_ERROR_RUNTIME_FAILURE, memcmp(&info->poseInReferenceSpace, &HERE, sizeof HERE),
         "moved spaces are not built");
  REFUSE(XR_ERROR_REFERENCE_SPACE_UNSUPPORTED, info->referenceSpaceType < 1 || info->referenceSpaceType > 3, "type");
  made(SPACE, session, space)->what = info->referenceSpaceType;
  return done(F_xrCreateReferenceSpace);
}
XrResult xrCreateActionSpace(XrSession session, const XrActionSpaceCreateInfo *info, XrSpace *space) {
  ENTER(xrCreateActionSpace);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_ACTION_SPACE_CREATE_INFO);
  HELD(info->action, ACTION);
  REFUSE(XR_ERROR_POSE_INVALID, !whole(info->poseInActionSpace), "poseInActionSpace");
  REFUSE(XR_ERROR_RUNTIME_FAILURE, memcmp(&info->poseInActionSpace, &HERE, sizeof HERE), "moved spaces are not built");
  made(SPACE, session, space)->action = info->action;
  return done(F_xrCreateActionSpace);
}
XrResult xrDestroySpace(XrSpace space) {
  ENTER(xrDestroySpace);
  return destroyed(space, SPACE);
}
XrResult xrLocateSpace(XrSpace space, XrSpace base, XrTime time, XrSpaceLocation *location) {
  ENTER(xrLocateSpace);
  HELD(space, SPACE);
  HELD(base, SPACE);
  if (stub->session_lost) return XR_ERROR_SESSION_LOST;
  TYPED(location, XR_TYPE_SPACE_LOCATION);
  TIMED(time);
  object *it = found(space, SPACE), *from = found(base, SPACE);
  location->locationFlags = ~(XrSpaceLocationFlags)0;
  XrPosef there = in_local(it, &location->locationFlags);
  location->pose = behind(back(in_local(from, &location->locationFlags)), there);
  if (it->action && from->what == XR_REFERENCE_SPACE_TYPE_VIEW) { /* needs no head */
    location->pose = stub->gaze.pose;
    location->locationFlags = looking() ? stub->gaze.flags : 0;
  }
  location->locationFlags &= 15;
  XrEyeGazeSampleTimeEXT *sample = it->action ? chained(location->next, XR_TYPE_EYE_GAZE_SAMPLE_TIME_EXT) : NULL;
  if (sample) sample->time = looking() ? sampled(stub->gaze.time) : 0;
  return done(F_xrLocateSpace);
}

XrResult xrCreateActionSet(XrInstance instance, const XrActionSetCreateInfo *info, XrActionSet *set) {
  ENTER(xrCreateActionSet);
  HELD(instance, INSTANCE);
  TYPED(info, XR_TYPE_ACTION_SET_CREATE_INFO);
  REFUSE(XR_ERROR_NAME_INVALID, !*info->actionSetName || !*info->localizedActionSetName, "actionSetName");
  made(ACTION_SET, instance, set);
  return done(F_xrCreateActionSet);
}
XrResult xrDestroyActionSet(XrActionSet set) {
  ENTER(xrDestroyActionSet);
  return destroyed(set, ACTION_SET);
}
XrResult xrCreateAction(XrActionSet set, const XrActionCreateInfo *info, XrAction *action) {
  ENTER(xrCreateAction);
  HELD(set, ACTION_SET);
  TYPED(info, XR_TYPE_ACTION_CREATE_INFO);
  REFUSE(XR_ERROR_ACTION_TYPE_MISMATCH, info->actionType != XR_ACTION_TYPE_POSE_INPUT, "actionType");
  REFUSE(XR_ERROR_NAME_INVALID, !*info->actionName || !*info->localizedActionName, "actionName");
  made(ACTION, set, action);
  return done(F_xrCreateAction);
}
XrResult xrDestroyAction(XrAction action) {
  ENTER(xrDestroyAction);
  return destroyed(action, ACTION);
}
XrResult xrSuggestInteractionProfileBindings(XrInstance instance, const XrInteractionProfileSuggestedBinding *info) {
  ENTER(xrSuggestInteractionProfileBindings);
  HELD(instance, INSTANCE);
  TYPED(info, XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING);
  REFUSE(XR_ERROR_PATH_UNSUPPORTED, !(stub->enabled & EYE_GAZE) || strcmp(path_text(info->interactionProfile), PROFILE),
         "interactionProfile");
  for (uint32_t at = 0; at < info->countSuggestedBindings; at++) {
    HELD(info->suggestedBindings[at].action, ACTION);
    REFUSE(XR_ERROR_PATH_UNSUPPORTED, strcmp(path_text(info->suggestedBindings[at].binding), GAZE), "binding");
    found(info->suggestedBindings[at].action, ACTION)->path = info->suggestedBindings[at].binding;
  }
  return done(F_xrSuggestInteractionProfileBindings);
}
XrResult xrAttachSessionActionSets(XrSession session, const XrSessionActionSetsAttachInfo *info) {
  ENTER(xrAttachSessionActionSets);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO);
  REFUSE(XR_ERROR_VALIDATION_FAILURE, !info->countActionSets, "countActionSets");
  REFUSE(XR_ERROR_ACTIONSETS_ALREADY_ATTACHED, found(session, SESSION)->attached, "session");
  for (uint32_t at = 0; at < info->countActionSets; at++) HELD(info->actionSets[at], ACTION_SET);
  found(session, SESSION)->attached = info->actionSets[0];
  return done(F_xrAttachSessionActionSets);
}
XrResult xrSyncActions(XrSession session, const XrActionsSyncInfo *info) {
  ENTER(xrSyncActions);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_ACTIONS_SYNC_INFO);
  for (uint32_t at = 0; at < info->countActiveActionSets; at++) {
    HELD(info->activeActionSets[at].actionSet, ACTION_SET);
    REFUSE(XR_ERROR_ACTIONSET_NOT_ATTACHED, found(session, SESSION)->attached != info->activeActionSets[at].actionSet,
           "set");
  }
  return found(session, SESSION)->state == XR_SESSION_STATE_FOCUSED ? done(F_xrSyncActions) : XR_SESSION_NOT_FOCUSED;
}
XrResult xrGetActionStatePose(XrSession session, const XrActionStateGetInfo *info, XrActionStatePose *state) {
  ENTER(xrGetActionStatePose);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_ACTION_STATE_GET_INFO);
  HELD(info->action, ACTION);
  TYPED(state, XR_TYPE_ACTION_STATE_POSE);
  REFUSE(XR_ERROR_ACTIONSET_NOT_ATTACHED, found(info->action, ACTION)->parent != found(session, SESSION)->attached,
         "action");
  state->isActive = found(info->action, ACTION)->path && looking();
  return done(F_xrGetActionStatePose);
}
