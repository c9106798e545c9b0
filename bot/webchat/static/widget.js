/* Puts the chat on another site's page:
   <script src="https://ADDRESS/chat/static/widget.js" async></script>
   The button's words may be set with data-label. */
(function () {
  "use strict";
  var me = document.currentScript;
  if (!me) { return; }
  var base = me.src.replace(/\/chat\/static\/widget\.js.*$/, "");
  var lang = me.getAttribute("data-lang") === "en" ? "en" : "vi";
  var box = document.createElement("div");
  box.style.cssText = "position:fixed;right:16px;bottom:16px;z-index:2147483000;font-family:sans-serif";
  var open = document.createElement("button");
  open.type = "button";
  open.textContent = me.getAttribute("data-label") || (lang === "en" ? "Ask us" : "Hỏi đáp");
  open.style.cssText = "font-size:18px;padding:12px 20px;border:0;border-radius:28px;background:#a5281b;color:#fff;cursor:pointer;box-shadow:0 2px 8px rgba(0,0,0,.3)";
  open.setAttribute("aria-expanded", "false");
  var frame = null;
  open.onclick = function () {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.src = base + "/chat?lang=" + lang;
      frame.title = open.textContent;
      frame.style.cssText = "display:none;width:min(400px,calc(100vw - 32px));height:min(600px,calc(100vh - 100px));border:1px solid #d9d4c8;border-radius:12px;background:#fff;margin-bottom:8px";
      box.insertBefore(frame, open);
    }
    var show = frame.style.display === "none";
    frame.style.display = show ? "block" : "none";
    open.setAttribute("aria-expanded", String(show));
  };
  box.appendChild(open);
  document.body.appendChild(box);
})();
