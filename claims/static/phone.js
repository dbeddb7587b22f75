// Pages of a claim: what waits for somebody else looks again by itself; a report that was sent is forgotten here.

const again = document.querySelector('meta[name="again"]');
if (again) {
  const look = () => {
    if (document.visibilityState === "visible" && navigator.onLine !== false) window.location.reload();
    else setTimeout(look, 2000);
  };
  setTimeout(look, Number(again.content) * 1000);
}

if (!document.getElementById("report")) {
  try {
    for (const key of Object.keys(window.localStorage)) {
      if (key.startsWith("claims-report ")) window.localStorage.removeItem(key);
    }
  } catch (error) {
    // A browser that keeps nothing has nothing to forget.
  }
}
