// not from X
console.log('follower')
