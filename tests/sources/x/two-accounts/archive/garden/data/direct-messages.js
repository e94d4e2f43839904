window.YTD.direct_messages.part0 = [
 {
  "dmConversation": {
   "conversationId": "2001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "id": "1770000000000000001",
      "senderId": "2001",
      "text": "roses?",
      "createdAt": "2024-03-05T10:00:00.000Z",
      "reactions": [],
      "urls": [],
      "mediaUrls": []
     }
    }
   ]
  }
 }
]