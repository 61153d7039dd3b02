// A tablet on a wall shows what is true now: the page is fetched again each minute.
setTimeout(() => location.reload(), 60_000);
