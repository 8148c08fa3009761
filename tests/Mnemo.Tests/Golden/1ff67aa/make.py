#!/usr/bin/env python3
"""Makes the data directories beside this file with the program of commit 1ff67aa.

    make.py MNEMO_DLL OUT     MNEMO_DLL: mnemo.dll of a build of that commit; needs root, setpriv, tar

The texts, ids and times of what is said are fixed. When it was recorded, and the salt of the hashes, are of the day
it ran, so a second run makes directories that differ in these; the files that are committed were made once.
"""
import json, os, shutil, signal, sqlite3, subprocess, sys, time

MNEMO, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
DATA = os.path.join(OUT, "data")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=" + OUT, "MNEMO_ADMINS=ana", "MNEMO_LANGUAGE=en"]
count = 0


def command(*arguments, data=DATA):
    return [*NOBODY, "dotnet", "exec", MNEMO, *arguments, "--data", data]


def run(*arguments, lines=(), data=DATA):
    done = subprocess.run(command(*arguments, data=data), input="".join(l + "\n" for l in lines), text=True, capture_output=True)
    if done.returncode != 0 or "error" in done.stdout: sys.exit(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def line(text, id=None, minutes=17):
    """A message with an id and a time of its own; 1,000 of them span a year."""
    global count
    count += 1
    moment = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(1740000000 + 60 * minutes * count)) + f":{count % 60:02}.{count % 1000:03}Z"
    return json.dumps({"id": id or f"said-{count:03}", "text": text, "at": moment}, ensure_ascii=False)


def say(who, channel, *texts):
    where = ["--channel", channel] if channel else []
    run("chat", "--json", "--as", who, *where, lines=[line(t) for t in texts])


def memory(*arguments, who="ana", channel=None):
    where = ["--channel", channel] if channel else []
    return run("memory", "--as", who, *where, *arguments)


def number(sql, file="control.db"):
    with sqlite3.connect(f"file:{os.path.join(DATA, file)}?mode=ro", uri=True, timeout=10) as db: return db.execute(sql).fetchone()[0]


def until(what, condition):
    for _ in range(300):
        if condition(): return
        time.sleep(0.05)
    sys.exit(f"{what}: it did not come about")


class Chat:
    """A chat that ends by kill -9."""

    def __init__(self, who, channel):
        self.process = subprocess.Popen(command("chat", "--json", "--as", who, "--channel", channel), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, *lines):
        self.process.stdin.write("".join(l + "\n" for l in lines))
        self.process.stdin.flush()
        acknowledged = 0
        while acknowledged < len(lines):
            if (answer := self.process.stdout.readline()) == "" or '"error"' in answer: sys.exit(f"not acknowledged: {answer}")
            acknowledged += '"ack"' in answer

    def kill(self):
        pids = subprocess.run(["pgrep", "-P", str(self.process.pid)], text=True, capture_output=True).stdout.split()
        for pid in [self.process.pid, *map(int, pids)]: os.kill(pid, signal.SIGKILL)
        self.process.wait()


def talk():
    say("ana", "general", "My dog is called Biscuit and he is afraid of thunder.", "I moved from Porto to Lyon in 2019.", "I take my coffee black.",
        "The spare key hangs behind the mirror in the hall.", "remember that my allergy is hazelnuts", "i take my coffee black", "Our anniversary is on the 14th of March 🎉")
    say("ben", "general", "I like green tea with ginger.", "The ferry to Quito leaves at seven.", "My sister Nora plays the violin.", "The party starts at eight 🥳🎈",
        "I take my coffee black.", "Does anybody know where the ladder is? I need it on Sunday.")
    say("ana", "general", "I take my coffee black!", "The ladder stands in the cellar.", "👨‍👩‍👧‍👦 is my whole family", "Ben, your umbrella is still in my car.")
    say("李雷", "旅行", "我下个月去京都看红叶。", "我的护照放在蓝色的抽屉里。", "记住我对花生过敏", "我住在上海浦东。", "京都的旅馆叫松屋🍁")
    say("韩梅梅", "旅行", "我的猫叫团子。", "我喜欢喝乌龙茶。", "我們明年去臺北。", "我的猫叫团子。", "李雷的生日是五月三号。")
    say("ana", None, "My passport number ends in 4711.", "I am learning Finnish in secret.", "remember to call the dentist on Friday", "My locker code is 90210.")
    say("ben", None, "I am thinking of leaving the orchestra.", "Nora does not know about the surprise.", "🤫")
    say("韩梅梅", None, "我偷偷在学小提琴。", "我的存折藏在书架后面。")
    say("dora", "general", "My boat is called Albatross.", "I keep bees on the roof.", "I sold my motorbike in spring.")
    say("emil", "kitchen", "The oven needs ten minutes more than it says.", "Rye bread wants a long rest.", "My grandmother's dumplings have caraway in them.")
    say("ben", "kitchen", "We ran out of cinnamon.", "The blue pan is for fish only.", "Emil owes me a jar of honey.")
    story = " ".join(f"On day {i} we walked {i % 17 + 3} kilometres and slept in hut number {i * 7 % 97}." for i in range(1, 150))
    say("emil", "general", story, "That was my walk through the Pyrenees.")
    say("carl", "general", "My submarine is called Nautilus.", "I buried the treasure under the oak.", "my submarine is called nautilus")
    say("carl", None, "Nobody may know about the submarine.")


def choose():
    memory("settings", "persona", "sage", channel="kitchen")
    say("emil", "kitchen", "The sage in this kitchen wants thyme.", "A pinch of salt is 0.3 grams.")
    memory("settings", "language", "zh-CN", channel="旅行")
    memory("settings", "budget", "400", channel="general")
    memory("settings", "channel", "off", channel="quiet")
    memory("remember", "the", "wifi", "password", "is", "correct", "horse", channel="general")
    memory("me", "privacy", "off", who="dora")
    memory("me", "privacy", "incognito", who="emil")


def bring_in():
    scope = {"platform": "console", "guild": "console", "channel": "archive", "subject": "zoe"}
    zoe = {"id": "zoe", "name": "Zoë Ångström"}
    rows = [
        {"id": "1", "text": "The observatory opens at nine.", "kind": "fact", "spoken_at": "2019-05-01T09:00:00Z"},
        {"id": "42", "text": "I prefer window seats.", "kind": "preference", "importance": 0.8, "spoken_at": "2019-05-02T10:00:00.123Z", "attributes": {"from": "old bot", "标签": "座位"}},
        {"id": "9007199254740993", "text": "The telescope has a mirror of two metres.", "quote": "a mirror of two metres", "kind": "fact",
         "sources": [{"id": "a1", "link": "https://example.org/a1", "at": "2019-06-01T00:00:00Z"}, {"id": "a2"}]},
        {"id": "-7", "text": "The comet returns in 2061.", "kind": "event", "spoken_at": "1969-07-20T20:17:40Z"},
        {"id": "9223372036854775807", "text": "I will be in Lima until August.", "kind": "plan", "valid_to": "2019-08-31T00:00:00Z", "superseded_by": "42", "trust": "member", "revision": 3},
        {"text": "Digest: the club met four times about the telescope.", "kind": "summary", "spoken_at": "2019-07-01T00:00:00Z", "session": "club-2019"},
    ]
    for row in rows: row.update(scope=scope, speaker=zoe)
    rows.append({"id": "77", "text": "Shouted from another system.", "scope": {**scope, "subject": "ZOE"}, "speaker": {"id": "ZOE", "name": "ZOE"}, "spoken_at": "2019-07-02T00:00:00Z"})
    path = os.path.join(OUT, "foreign.jsonl")
    with open(path, "w") as file: file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    run("import", path)


def forget():
    run("export", os.path.join(OUT, "all.jsonl"))
    with open(os.path.join(OUT, "all.jsonl")) as file: forgotten = [l for l in file if '"speaker":{"id":"carl"' in l]
    with open(os.path.join(OUT, "forgotten.jsonl"), "w") as file: file.writelines(forgotten)
    print(len(forgotten), "lines of carl;", memory("me", "forget", "--confirm", who="carl").splitlines()[0])


def stop_half_way():
    """Failed rows, rows newer than the index, waiting rows, kill -9."""
    store, away = os.path.join(DATA, "faiss_data"), os.path.join(DATA, "faiss_data.away")
    chat = Chat("ben", "general")
    chat.say(line("Nora's concert was sold out."))
    until("stored", lambda: number("SELECT count(*) FROM outbox") == 0)
    os.chmod(store, 0)
    chat.say(line("The spare tyre is flat."), line("My new number is on the fridge."), line("我把自行车停在车站了。🚲"))
    until("failed", lambda: number("SELECT count(*) FROM failed") == 3)
    os.chmod(store, 0o755)
    chat.say(line("The plumber comes on Tuesday."), line("I like green tea with ginger."), line("The cellar light is broken."))
    until("stored", lambda: number("SELECT count(*) FROM outbox") == 0)
    os.rename(store, away)
    chat.say(line("The tent is drying on the balcony."), line("remember that the boiler is serviced in May"), line("I like green tea with ginger!"),
             line("Where did I leave the ladder?"), line("雨伞在门后面。"), line("🎻 concert again in autumn"))
    until("waiting", lambda: number("SELECT last_at IS NOT NULL FROM (SELECT value AS last_at FROM facts WHERE name = 'last_problem')") == 1 and number("SELECT count(*) FROM outbox") == 6)
    chat.kill()
    os.rename(away, store)
    assert number("SELECT count(*) FROM outbox") == 6 and number("SELECT count(*) FROM failed") == 3


def kill_while_it_writes(times):
    """Kills it within a batch, until a memory was left that the store has and the words have not."""
    before = DATA + ".before"
    shutil.copytree(DATA, before, copy_function=shutil.copy2)
    subprocess.run(["chown", "-R", "65534:65534", before], check=True)
    global count
    first = count
    for attempt in range(times):
        count = first
        chat = Chat("ben", "kitchen")
        for burst in range(3): chat.say(*[line(f"In drawer {burst * 20 + i} lies {('a kite', 'a lamp', 'a samovar')[i % 3]} number {i * 31 % 53}.", minutes=1) for i in range(20)])
        segment = os.path.join(DATA, "faiss_data", "mnemosyne_default", "segments", "000001.vec")
        size, since = os.path.getsize(segment), time.time()
        while os.path.getsize(segment) == size and time.time() < since + 5: pass
        time.sleep(attempt % 10 * 0.002)
        chat.kill()
        intents, words = number("SELECT count(*) FROM intents", "words.db"), number("SELECT count(*) FROM rows", "words.db")
        copy = DATA + ".copy"
        shutil.copytree(DATA, copy, copy_function=shutil.copy2)
        subprocess.run(["chown", "-R", "65534:65534", copy], check=True)
        # Without what waits, so that the export tells what the store had at the kill.
        with sqlite3.connect(os.path.join(copy, "control.db")) as db: waiting = db.execute("DELETE FROM outbox").rowcount
        run("export", os.path.join(OUT, "stored.jsonl"), data=copy)
        stored = sum(1 for _ in open(os.path.join(OUT, "stored.jsonl")))
        shutil.rmtree(copy)
        print(f"kill {attempt}: {intents} intents, {words} in the words, {stored} in the store, {waiting} waiting")
        if intents > 0 and stored > words and waiting > 0: return
        shutil.rmtree(DATA)
        shutil.copytree(before, DATA, copy_function=shutil.copy2)
        subprocess.run(["chown", "-R", "65534:65534", DATA], check=True)
    sys.exit("no kill met the moment")


def keep(name):
    """The directory as it is, and what the program itself makes of a copy of it."""
    shutil.rmtree(os.path.join(DATA, "logs"), ignore_errors=True)
    if os.path.exists(pid := os.path.join(DATA, "mnemo.pid")): os.remove(pid)
    subprocess.run(["tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=2025-12-01", "-C", DATA, "-I", "gzip -9n", "-cf", f"{OUT}/{name}.tar.gz", "."], check=True)
    copy = DATA + ".copy"
    shutil.copytree(DATA, copy)
    subprocess.run(["chown", "-R", "65534:65534", copy], check=True)
    run("export", export := f"{OUT}/{name}.export.jsonl", data=copy)
    print(name, sum(1 for _ in open(export)), "memories;", os.path.getsize(f"{OUT}/{name}.tar.gz"), "bytes;", run("memory", "doctor", data=copy).splitlines()[-1])
    subprocess.run(["gzip", "-9nf", export], check=True)
    shutil.rmtree(copy)


os.makedirs(OUT)
os.chown(OUT, 65534, 65534)
talk()
choose()
bring_in()
forget()
clean = DATA + ".clean"
shutil.copytree(DATA, clean)
stop_half_way()
keep("stopped")
shutil.rmtree(DATA)
shutil.copytree(clean, DATA)
subprocess.run(["chown", "-R", "65534:65534", DATA], check=True)
kill_while_it_writes(400)
keep("killed")
