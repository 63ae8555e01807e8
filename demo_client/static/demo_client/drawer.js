// The drawer stays as the person left it: the server is told of her choice, so that no page opens and then folds.
const drawer = document.getElementById("drawer");
const form = document.querySelector("form[data-keeps-preferences]");
drawer?.querySelector("summary").addEventListener("click", () => {
  const body = new URLSearchParams(new FormData(form));
  body.set("drawer", drawer.open ? "closed" : "open"); // what it is about to be
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
});
