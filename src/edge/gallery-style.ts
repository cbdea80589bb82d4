/** The style of the gallery's page. */
export const galleryStyle = `*{box-sizing:border-box}
body{margin:0 auto;padding:24px 32px 64px;background:#f6f7f8;color:#1c2126;font:15px/1.5 -apple-system,"Segoe UI",Roboto,Arial,sans-serif}
h1{margin:0;font-size:26px}h2{margin:48px 0 0;font-size:18px}h3{margin:28px 0 8px;color:#5b6670;font-size:14px;font-weight:600}
nav{display:flex;flex-wrap:wrap;gap:8px 16px;margin-top:6px}a{color:#0b5fc0}
.row{display:flex;flex-wrap:wrap;align-items:flex-start;gap:20px}figure{margin:0;max-width:100%}
iframe{display:block;border:0;background:#fff;box-shadow:0 0 0 1px #0001,0 6px 20px #0b14201a}
figcaption{display:flex;justify-content:space-between;gap:12px;margin-top:6px;color:#5b6670;font-size:12px}
details{contain:inline-size;margin-top:8px;font-size:13px}summary{color:#0b5fc0;cursor:pointer}
pre{max-height:420px;margin:6px 0 0;padding:12px;overflow:auto;border-radius:8px;background:#fff;box-shadow:0 0 0 1px #0001;font:12px/1.5 ui-monospace,Menlo,Consolas,monospace}
table{margin-top:8px;border-collapse:collapse;color:#5b6670;font-size:12px}td{padding:1px 14px 1px 0;white-space:nowrap}
video{display:block;width:640px;max-width:100%;height:auto;background:#000;box-shadow:0 6px 20px #0b14201a}audio{display:block;width:420px;max-width:100%}
.note{margin:4px 0 12px;max-width:46em;color:#5b6670;font-size:13px}
.ad{overflow:hidden;border-radius:12px;background:#fff;box-shadow:0 0 0 1px #0001,0 6px 20px #0b14201a}.ad img{display:block}.ad h4,.ad p{margin:0}
.feed{width:340px}.feed header{display:flex;align-items:center;gap:10px;padding:12px}.feed header img{height:28px;border-radius:4px}
.feed header div{min-width:0;line-height:1.25}.feed header b{display:block}.ad small{color:#5b6670;font-size:12px}.feed header a{margin-left:auto;font-size:12px}
.feed>img{width:100%;height:240px;object-fit:contain;background:#f0f2f4}.feed h4{padding:12px 12px 4px;font-size:16px;line-height:1.3}.feed p{padding:0 12px;color:#5b6670;font-size:14px}
.feed footer{display:flex;align-items:center;justify-content:space-between;gap:10px;min-height:46px;padding:10px 12px 12px}.feed footer b{padding:6px 14px;border-radius:8px;background:#e8ecef;font-size:14px}
.wall{width:240px}.wall>img{width:100%;height:180px;object-fit:contain;background:#f0f2f4}.wall h4{padding:10px 12px 2px;font-size:14px;line-height:1.35}.wall p,.wall small{display:block;padding:0 12px}.wall p b+s{margin-left:6px}.wall s{color:#5b6670;font-size:13px}.wall small{padding-top:4px;padding-bottom:12px}
.link{width:420px;max-width:100%;padding:12px 16px}.link h4{color:#0b5fc0;font-size:16px;font-weight:500;text-decoration:underline}.link p{font-size:14px}
@media(max-width:1040px){figure{overflow-x:auto}}
@media(max-width:640px){body{padding:16px 14px 48px}figure:has(.ad){width:100%}.feed,.wall,.link{width:100%}}`
