// The drawer stays as the person left it: her choice travels to the server in a cookie, so that no page opens and then folds.
const drawer = document.getElementById("drawer");
if (drawer) {
  drawer.querySelector("summary").addEventListener("click", () => {
    const choice = drawer.open ? "closed" : "open"; // what it is about to be
    document.cookie = `daybook_drawer=${choice}; path=/; SameSite=Lax; max-age=31536000`;
  });
}
