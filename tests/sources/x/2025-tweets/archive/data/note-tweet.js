window.YTD.note_tweet.part0 = [
 {
  "noteTweet": {
   "noteTweetId": "1760000000000000800",
   "createdAt": "2024-03-09T13:14:15.000Z",
   "updatedAt": "2024-03-09T13:14:15.000Z",
   "lifecycle": {
    "value": "1",
    "name": "Active"
   },
   "core": {
    "text": "@ada_example A long answer that goes on and on & on until it says why: otters sleep afloat.",
    "mentions": [],
    "urls": []
   }
  }
 },
 {
  "noteTweet": {
   "noteTweetId": "1760000000000000801",
   "createdAt": "2024-03-10T13:14:15.000Z",
   "core": {
    "text": "A long post whose tweet is gone."
   }
  }
 }
]