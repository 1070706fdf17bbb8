/* What the files of the stub runtime share. */
#pragma once
#include "steering.h"

typedef struct { uint64_t name; uint32_t kind; uint64_t parent; /* what it is, by kind: */
  XrSessionState state; XrBool32 begun, exiting; uint32_t sources; int32_t what; XrAction action; XrPath path;
  XrSession attached; } object;

extern steering *stub;

uint64_t enter(int function);
void leave(const uint64_t *held);
XrResult refused(XrResult result, const char *why);
XrResult done(int function);
XrTime now(void);
XrTime sampled(XrTime time);
object *found(uint64_t name, uint32_t kind);
object *made(uint32_t kind, uint64_t parent, uint64_t *name);
object *each(uint32_t kind, object *after);
XrResult destroyed(uint64_t name, uint32_t kind);
void *chained(void *next, XrStructureType type);
XrResult enumerated(uint32_t capacity, uint32_t *count, uint32_t have);
const char *path_text(XrPath path);

/* Begins a function: counts the call, holds the lock until it returns, gives back the result a test asked for. */
#define ENTER(name) \
  uint64_t held __attribute__((cleanup(leave))) = enter(F_##name); \
  (void)held; \
  if (stub->results[F_##name] < 0) return stub->results[F_##name]
#define REFUSE(code, wrong, why) if (wrong) return refused(code, why)
#define TYPED(pointer, wanted) REFUSE(XR_ERROR_VALIDATION_FAILURE, !(pointer) || (pointer)->type != (wanted), #pointer)
#define GIVEN(pointer) REFUSE(XR_ERROR_VALIDATION_FAILURE, !(pointer), #pointer)
#define HELD(handle, kind) REFUSE(XR_ERROR_HANDLE_INVALID, !found(handle, kind), #handle)
#define IN_SESSION(handle) \
  HELD(handle, SESSION); \
  if (stub->session_lost) return XR_ERROR_SESSION_LOST
#define ENABLED(bit) REFUSE(XR_ERROR_FUNCTION_UNSUPPORTED, !(stub->enabled & (bit)), "an extension that is not enabled")
#define TIMED(time) REFUSE(XR_ERROR_TIME_INVALID, (time) <= 0, #time)
