/* The chat in the browser. Plain ES5 so that an old phone can run it. A message
   is kept in localStorage until the server has stored it; its id is the key
   by which sending it again changes nothing. */
(function () {
  "use strict";
  var chat = document.getElementById("chat"), log = document.getElementById("log"),
    form = document.getElementById("form"), say = document.getElementById("say"),
    file = document.getElementById("file"), state = document.getElementById("state"),
    words = chat.dataset, shown = {}, last = 0, seenTo = 0, seenTimer = null, stream = null, waiting = load();

  function load() {
    try { return JSON.parse(localStorage.getItem("tiepdan_waiting") || "[]"); } catch (e) { return []; }
  }
  function keep() {
    try { localStorage.setItem("tiepdan_waiting", JSON.stringify(waiting)); } catch (e) { /* private mode: lasts until reload */ }
  }
  function newID() {
    var a = new Uint8Array(12), s = "";
    (window.crypto || window.msCrypto).getRandomValues(a);
    for (var i = 0; i < a.length; i++) { s += ("0" + a[i].toString(16)).slice(-2); }
    return s;
  }
  function post(path, body, type, done) {
    var r = new XMLHttpRequest();
    r.open("POST", path);
    if (type) { r.setRequestHeader("Content-Type", type); }
    r.timeout = 30000;
    r.onload = function () { done(r.status); };
    r.onerror = r.ontimeout = function () { done(0); };
    r.send(body);
  }
  function tell(text) {
    state.textContent = text || "";
    state.hidden = !text;
  }
  function bubble(mine, text, at) {
    var div = document.createElement("div");
    div.className = "msg " + (mine ? "me" : "bot");
    /* A code is not broken at its dashes, or it is copied wrong. */
    text.split(/(PA-\d{4}-\d{4}-\d|[A-Za-z0-9.]+-\d{6}-\d{4,7})/).forEach(function (piece, i) {
      var node = document.createTextNode(piece);
      if (i % 2) {
        var code = document.createElement("span");
        code.className = "code";
        code.appendChild(node);
        node = code;
      }
      div.appendChild(node);
    });
    if (at) {
      var time = document.createElement("time");
      time.textContent = at;
      div.appendChild(time);
    }
    log.appendChild(div);
    log.scrollTop = log.scrollHeight;
    return div;
  }
  function closeChoices() {
    var open = log.querySelectorAll(".choices button");
    for (var i = 0; i < open.length; i++) { open[i].disabled = true; }
  }
  function choices(list) {
    var div = document.createElement("div");
    div.className = "choices";
    list.forEach(function (c) {
      var b = document.createElement("button");
      b.type = "button";
      b.textContent = c.Label;
      b.onclick = function () { closeChoices(); send({ choice: c.ID, text: c.Label }); };
      div.appendChild(b);
    });
    log.appendChild(div);
    log.scrollTop = log.scrollHeight;
  }
  /* A line of the stored log. Our own words are shown when typed; the log's
     copy takes their place. */
  function line(m) {
    if (shown[m.id]) { return; }
    shown[m.id] = true;
    last = Math.max(last, m.id);
    if (m.bot) {
      closeChoices();
      bubble(false, m.text, m.at);
      if (m.buttons && m.buttons.length) { choices(m.buttons); }
      report();
      return;
    }
    var mine = log.querySelector('.msg.me[data-sent="1"]');
    if (mine) { mine.parentNode.removeChild(mine); }
    bubble(true, m.text || words.photo, m.at);
  }
  function report() {
    clearTimeout(seenTimer);
    seenTimer = setTimeout(function () {
      if (document.hidden || last <= seenTo) { return; }
      var upTo = last;
      post("/chat/seen", JSON.stringify({ after: seenTo, up_to: upTo }), "application/json", function (status) {
        if (status === 204) { seenTo = upTo; }
      });
    }, 400);
  }
  document.addEventListener("visibilitychange", report);

  function listen() {
    if (stream) { stream.close(); }
    stream = new EventSource("/chat/stream?after=" + last);
    stream.onopen = function () { tell(""); flush(); };
    stream.onmessage = function (e) { line(JSON.parse(e.data)); };
    stream.onerror = function () {
      tell(words.offline);
      if (stream.readyState === 2) { setTimeout(begin, 3000); } /* refused: start anew */
    };
  }
  function begin() {
    post("/chat/start", null, null, function (status) {
      if (status === 204) { listen(); return; }
      tell(words.offline);
      setTimeout(begin, 5000);
    });
  }
  var sending = false;
  /* Sends what waits, one after the other, in order. */
  function flush() {
    if (sending || !waiting.length) { return; }
    sending = true;
    var m = waiting[0];
    post("/chat/messages", JSON.stringify({ id: m.id, text: m.text, choice: m.choice || "" }), "application/json", function (status) {
      sending = false;
      if (status === 202 || status === 400 || status === 413) {
        waiting.shift();
        keep();
        mark(m.id, status === 202 ? "" : words.failed);
        flush();
        return;
      }
      if (status === 401) { begin(); return; }
      tell(status === 429 ? words.busy : words.offline);
      setTimeout(flush, status === 429 ? 20000 : 4000);
    });
  }
  function mark(id, note) {
    var div = log.querySelector('[data-id="' + id + '"]');
    if (!div) { return; }
    div.setAttribute("data-sent", note ? "0" : "1");
    var old = div.querySelector(".note");
    if (old) { div.removeChild(old); }
    if (note) {
      var span = document.createElement("span");
      span.className = "note";
      span.textContent = note;
      div.appendChild(span);
    }
  }
  function send(m) {
    m.id = newID();
    waiting.push(m);
    keep();
    bubble(true, m.text).setAttribute("data-id", m.id);
    mark(m.id, words.sending);
    flush();
  }
  form.onsubmit = function (e) {
    e.preventDefault();
    var text = say.value.trim();
    if (!text) { return; }
    say.value = "";
    grow();
    send({ text: text });
  };
  function grow() {
    say.style.height = "auto";
    say.style.height = Math.min(say.scrollHeight + 4, 160) + "px";
  }
  say.oninput = grow;
  say.onkeydown = function (e) {
    if (e.keyCode === 13 && !e.shiftKey && !e.isComposing) { form.onsubmit(e); }
  };
  document.getElementById("quick").onclick = function (e) {
    var word = e.target.getAttribute && e.target.getAttribute("data-say");
    if (word) { send({ text: word }); }
  };
  file.onchange = function () {
    var f = file.files[0];
    if (!f) { return; }
    if (f.size > 10 * 1024 * 1024) { tell(words.large); file.value = ""; return; }
    var body = new FormData(), id = newID(), div = bubble(true, words.photo);
    div.setAttribute("data-id", id);
    mark(id, words.sending);
    body.append("id", id);
    body.append("caption", say.value.trim());
    body.append("file", f);
    say.value = "";
    (function attempt(left) {
      post("/chat/files", body, null, function (status) {
        if (status === 202) { mark(id, ""); return; }
        if ((status === 0 || status === 503) && left > 0) { setTimeout(function () { attempt(left - 1); }, 3000); return; }
        mark(id, status === 413 ? words.large : words.failed);
      });
    })(5);
    file.value = "";
  };
  bubble(false, words.hello);
  waiting.forEach(function (m) { bubble(true, m.text).setAttribute("data-id", m.id); mark(m.id, words.sending); });
  begin();
})();
