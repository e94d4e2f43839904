window.YTD.direct_message.part0 = [
 {
  "dmConversation": {
   "conversationId": "2001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [],
      "urls": [],
      "text": "hi",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000001",
      "createdAt": "2019-03-05T10:00:00.000Z"
     }
    }
   ]
  }
 },
 {
  "dmConversation": {
   "conversationId": "2002-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "2002",
      "reactions": [],
      "urls": [],
      "text": "hello",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000002",
      "createdAt": "2019-03-05T10:00:01.000Z"
     }
    }
   ]
  }
 }
]