window.YTD.message_event.part0 = [
 {
  "messageEvent": {
   "messageEventSignature": {
    "signature": "x"
   },
   "createdAtMsec": "1769496393093",
   "conversationToken": "t",
   "senderId": "1000000000000000001",
   "conversationId": "2001:1000000000000000001",
   "messageId": "m-2016040109972287950",
   "detail": {
    "conversationKeyChangeEvent": {
     "conversationKeyVersion": "1"
    }
   },
   "sequenceId": "2016040109972287950"
  }
 },
 {
  "messageEvent": {
   "messageEventSignature": {
    "signature": "x"
   },
   "createdAtMsec": "1769496393446",
   "conversationToken": "t",
   "senderId": "1000000000000000001",
   "conversationId": "2001:1000000000000000001",
   "messageId": "m-2016040111473868800",
   "detail": {
    "messageCreateEvent": {
     "contents": "A3Yj=",
     "shouldNotify": true
    }
   },
   "sequenceId": "2016040111473868800"
  }
 },
 {
  "messageEvent": {
   "messageEventSignature": {
    "signature": "x"
   },
   "createdAtMsec": "1769496853172",
   "conversationToken": "t",
   "senderId": "2001",
   "conversationId": "2001:1000000000000000001",
   "messageId": "m-2016042039704494080",
   "detail": {
    "messageCreateEvent": {
     "contents": "nyMZ="
    }
   },
   "sequenceId": "2016042039704494080"
  }
 },
 {
  "messageEvent": {
   "messageEventSignature": {
    "signature": "x"
   },
   "createdAtMsec": "1769505248460",
   "conversationToken": "t",
   "senderId": "1000000000000000001",
   "conversationId": "2001:1000000000000000001",
   "messageId": "m-2016077252094509056",
   "detail": {
    "markConversationReadEvent": {
     "seenUntilSequenceId": "2016042039704494080",
     "seenAtMillis": "1769505248365"
    }
   },
   "sequenceId": "2016077252094509056"
  }
 },
 {
  "messageEvent": {
   "messageEventSignature": {
    "signature": "x"
   },
   "createdAtMsec": "1769505249460",
   "conversationToken": "t",
   "senderId": "2001",
   "conversationId": "2001:1000000000000000001",
   "messageId": "m-2016077252094509099",
   "detail": {
    "somethingNewEvent": {}
   },
   "sequenceId": "2016077252094509099"
  }
 }
]