/* Sessions and events: each poll leads a session one step towards the state that the file names. */
#include <string.h>

#include "runtime.h"

static XrBool32 loss_told;

static void tell(object *it, XrSessionState state, XrEventDataBuffer *event) {
  XrEventDataSessionStateChanged change = {XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED, NULL, it->name, state, now()};
  it->state = state;
  memcpy(event, &change, sizeof change);
}
/* The state that follows on the way to the wanted one; the same = there, or the application is to act. */
static XrSessionState next_state(const object *it) {
  XrSessionState at = it->state, wanted = it->exiting ? XR_SESSION_STATE_EXITING : stub->session_state;
  XrBool32 up = wanted >= XR_SESSION_STATE_READY && wanted <= XR_SESSION_STATE_FOCUSED;
  if (wanted == XR_SESSION_STATE_LOSS_PENDING || at == wanted) return wanted;
  if (at == XR_SESSION_STATE_UNKNOWN) return XR_SESSION_STATE_IDLE;
  if (at == XR_SESSION_STATE_IDLE)
    return up ? XR_SESSION_STATE_READY : wanted == XR_SESSION_STATE_EXITING ? wanted : at;
  if (at == XR_SESSION_STATE_READY) return it->begun ? XR_SESSION_STATE_SYNCHRONIZED : at;
  if (at > XR_SESSION_STATE_FOCUSED) return at;
  if (up && wanted >= XR_SESSION_STATE_SYNCHRONIZED) return at < wanted ? at + 1 : at > wanted ? at - 1 : at;
  return at == XR_SESSION_STATE_SYNCHRONIZED ? XR_SESSION_STATE_STOPPING : at - 1;
}

XrResult xrPollEvent(XrInstance instance, XrEventDataBuffer *event) {
  ENTER(xrPollEvent);
  HELD(instance, INSTANCE);
  TYPED(event, XR_TYPE_EVENT_DATA_BUFFER);
  if (stub->instance_loss_pending && !loss_told) {
    XrEventDataInstanceLossPending loss = {XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING, NULL, now()};
    memcpy(event, &loss, sizeof loss);
    loss_told = 1;
    return done(F_xrPollEvent);
  }
  for (object *it = each(SESSION, NULL); it; it = each(SESSION, it)) {
    XrSessionState state = next_state(it);
    if (state == it->state) continue;
    tell(it, state, event);
    return done(F_xrPollEvent);
  }
  return XR_EVENT_UNAVAILABLE;
}
XrResult xrCreateSession(XrInstance instance, const XrSessionCreateInfo *info, XrSession *session) {
  ENTER(xrCreateSession);
  HELD(instance, INSTANCE);
  TYPED(info, XR_TYPE_SESSION_CREATE_INFO);
  REFUSE(XR_ERROR_SYSTEM_INVALID, info->systemId != 1, "systemId");
  REFUSE(XR_ERROR_GRAPHICS_DEVICE_INVALID, !(stub->enabled & HEADLESS), "no graphics, and not headless");
  REFUSE(XR_ERROR_LIMIT_REACHED, each(SESSION, NULL), "a second session");
  made(SESSION, instance, session);
  return done(F_xrCreateSession);
}
XrResult xrDestroySession(XrSession session) {
  ENTER(xrDestroySession);
  return destroyed(session, SESSION);
}
XrResult xrBeginSession(XrSession session, const XrSessionBeginInfo *info) {
  ENTER(xrBeginSession);
  IN_SESSION(session);
  TYPED(info, XR_TYPE_SESSION_BEGIN_INFO);
  object *it = found(session, SESSION);
  REFUSE(XR_ERROR_SESSION_RUNNING, it->begun, "session");
  REFUSE(XR_ERROR_SESSION_NOT_READY, it->state != XR_SESSION_STATE_READY, "session");
  it->begun = 1;
  return done(F_xrBeginSession);
}
XrResult xrEndSession(XrSession session) {
  ENTER(xrEndSession);
  IN_SESSION(session);
  object *it = found(session, SESSION);
  REFUSE(XR_ERROR_SESSION_NOT_RUNNING, !it->begun, "session");
  REFUSE(XR_ERROR_SESSION_NOT_STOPPING, it->state != XR_SESSION_STATE_STOPPING, "session");
  it->begun = 0;
  it->state = XR_SESSION_STATE_UNKNOWN; /* the next event says idle */
  return done(F_xrEndSession);
}
XrResult xrRequestExitSession(XrSession session) {
  ENTER(xrRequestExitSession);
  IN_SESSION(session);
  object *it = found(session, SESSION);
  REFUSE(XR_ERROR_SESSION_NOT_RUNNING, !it->begun, "session");
  it->exiting = 1;
  return done(F_xrRequestExitSession);
}
