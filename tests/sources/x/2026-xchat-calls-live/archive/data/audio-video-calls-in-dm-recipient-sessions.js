window.YTD.audio_video_calls_in_dm_recipient_sessions.part0 = [
 {
  "audioVideoCallsInDmRecipientSessions": {
   "hostBroadcastID": "1abe",
   "createdAt": "2026-01-20T17:06:04.804Z",
   "publishedAt": "2026-01-20T17:06:14.804Z",
   "endReason": "HUNG_UP"
  }
 },
 {
  "audioVideoCallsInDmRecipientSessions": {
   "hostBroadcastID": "1abf",
   "createdAt": "2026-01-21T17:06:04.804Z",
   "endReason": "DECLINED"
  }
 }
]