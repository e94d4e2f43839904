window.YTD.direct_messages_group.part0 = [
 {
  "dmConversation": {
   "conversationId": "1770000000000000500",
   "messages": [
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "after he left",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000014",
      "createdAt": "2024-03-06T12:00:00.000Z"
     }
    },
    {
     "participantsLeave": {
      "userIds": [
       "2002"
      ],
      "createdAt": "2024-03-06T11:00:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [
       {
        "senderId": "2001",
        "reactionKey": "like",
        "eventId": "7000",
        "createdAt": "2024-03-06T10:31:00.000Z"
       }
      ],
      "urls": [],
      "text": "hello all",
      "mediaUrls": [],
      "senderId": "2002",
      "id": "1770000000000000013",
      "createdAt": "2024-03-06T10:30:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "welcome",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000012",
      "createdAt": "2024-03-06T10:10:00.000Z"
     }
    },
    {
     "participantsJoin": {
      "initiatingUserId": "2001",
      "userIds": [
       "2002"
      ],
      "createdAt": "2024-03-06T10:05:00.000Z"
     }
    },
    {
     "participantsJoin": {
      "initiatingUserId": "1000000000000000001",
      "userIds": [
       "2004"
      ],
      "createdAt": "2024-03-06T10:04:00.000Z"
     }
    },
    {
     "conversationNameUpdate": {
      "initiatingUserId": "1000000000000000001",
      "name": "Otters",
      "createdAt": "2024-03-06T10:03:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "before they came",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000011",
      "createdAt": "2024-03-06T10:02:00.000Z"
     }
    },
    {
     "joinConversation": {
      "initiatingUserId": "2001",
      "participantsSnapshot": [
       "2001",
       "2003",
       "1000000000000000001"
      ],
      "createdAt": "2024-03-06T10:01:00.000Z"
     }
    }
   ]
  }
 },
 {
  "dmConversation": {
   "conversationId": "1770000000000000501",
   "messages": [
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "who else is here is not told",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000022",
      "createdAt": "2024-03-07T10:01:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "a group I made",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000021",
      "createdAt": "2024-03-07T10:00:00.000Z"
     }
    }
   ]
  }
 },
 {
  "dmConversation": {
   "conversationId": "1770000000000000502",
   "messages": [
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "and you, @Owner_example?",
      "mediaUrls": [],
      "senderId": "3001",
      "id": "1770000000000000034",
      "createdAt": "2024-03-08T10:03:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "hello everybody",
      "mediaUrls": [],
      "senderId": "3001",
      "id": "1770000000000000033",
      "createdAt": "2024-03-08T10:02:00.000Z"
     }
    },
    {
     "messageCreate": {
      "reactions": [],
      "urls": [],
      "text": "to very many",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000032",
      "createdAt": "2024-03-08T10:01:00.000Z"
     }
    },
    {
     "joinConversation": {
      "initiatingUserId": "2001",
      "participantsSnapshot": [
       "3000",
       "3001",
       "3002",
       "3003",
       "3004",
       "3005",
       "3006",
       "3007",
       "3008",
       "3009",
       "3010",
       "3011",
       "3012",
       "3013",
       "3014",
       "3015",
       "3016",
       "3017",
       "3018",
       "3019",
       "3020",
       "3021",
       "3022",
       "3023",
       "3024",
       "3025",
       "3026",
       "3027",
       "3028",
       "3029",
       "3030",
       "3031",
       "3032",
       "3033",
       "3034",
       "3035",
       "3036",
       "3037",
       "3038",
       "3039",
       "3040",
       "3041",
       "3042",
       "3043",
       "3044",
       "3045",
       "3046",
       "3047",
       "3048",
       "3049",
       "3050",
       "3051",
       "3052",
       "3053",
       "3054",
       "3055",
       "3056",
       "3057",
       "3058",
       "3059",
       "1000000000000000001"
      ],
      "createdAt": "2024-03-08T10:00:00.000Z"
     }
    }
   ]
  }
 }
]