/* The sample data's telephone: shows what a number was sent, and sends from it. */
(function () {
  "use strict";
  var log = document.getElementById("log"), who = document.getElementById("who"), say = document.getElementById("say"),
    quick = document.getElementById("quick"), buttons = document.querySelectorAll("#phones button"), phone = "", shown = 0;

  function choose(b) {
    phone = b.getAttribute("data-phone");
    shown = 0;
    log.textContent = "";
    who.textContent = b.querySelector("b").textContent + " – " + b.querySelector("span").textContent;
    for (var i = 0; i < buttons.length; i++) { buttons[i].setAttribute("aria-pressed", String(buttons[i] === b)); }
    quick.textContent = "";
    ["HS " + b.getAttribute("data-code"), "CT", "PA", "MENU", "SAI SO"].forEach(function (word) {
      var q = document.createElement("button");
      q.type = "button";
      q.textContent = word;
      q.onclick = function () { send(word); };
      quick.appendChild(q);
    });
    look();
  }
  function send(text) {
    fetch("/demo/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ phone: phone, text: text }) }).then(look);
  }
  function look() {
    var mine = phone;
    fetch("/demo/messages?phone=" + encodeURIComponent(mine)).then(function (r) { return r.json(); }).then(function (list) {
      if (mine !== phone) { return; }
      list.slice(shown).forEach(function (m) {
        var div = document.createElement("div"), time = document.createElement("time");
        div.className = "msg " + (m.out ? "bot" : "me");
        div.textContent = m.text;
        time.textContent = m.at + (m.out ? " · " + m.segments + " SMS" : "");
        div.appendChild(time);
        log.appendChild(div);
      });
      if (list.length > shown) { log.scrollTop = log.scrollHeight; }
      shown = list.length;
    });
  }
  for (var i = 0; i < buttons.length; i++) { buttons[i].onclick = function () { choose(this); }; }
  document.getElementById("form").onsubmit = function (e) {
    e.preventDefault();
    var text = say.value.trim();
    if (text) { say.value = ""; send(text); }
  };
  say.onkeydown = function (e) {
    if (e.keyCode === 13 && !e.shiftKey && !e.isComposing) { document.getElementById("form").onsubmit(e); }
  };
  choose(buttons[0]);
  setInterval(look, 1000);
})();
