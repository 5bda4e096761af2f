"""Made-up records of a federation of cities: the same arguments give the same.

Of 100 records 40 are contacts and offices (about 300 bytes), 35 projects (about
900) and 25 practices (about 1,200); a city's first four are its offices, and
the twelve after these their contacts.  Words are made of syllables and come as
often as words do: the nth about 1/n of the time.
"""
import random

PURPOSES = ("sister-city", "culture", "education", "economy")
TOPICS = ("waste climate health mobility housing maritime tourism culture "
          "education youth trade digital innovation environment governance "
          "sport").split()
ROLES = ("Coordinator", "Deputy mayor", "Programme manager", "Data officer",
         "Engineer", "Planner", "Press office", "Legal adviser")
COMMON = ("the of and to in a for with on city services project citizens data "
          "plan budget year public network team results cost energy water "
          "school street transport support report partners pilot regional "
          "council").split()
COUNTRIES = "ID PH CN MY TH VN KR JP IN LK FR DE ES PT BR MX ZA KE MA TR".split()
HEADS = "b c d f g h j k l m n p r s t v w z br cl dr fr gr pl st tr".split()
HEARTS = "a e i o u ai ea ou io".split()
TAILS = ["", "", "n", "r", "s", "t", "l", "m", "nd", "st", "rs"]
OFFICES = len(PURPOSES)
CONTACTS = 3 * OFFICES


def vocabulary(rng, n):
    words = {}
    while len(words) < n:
        words["".join(rng.choice(HEADS) + rng.choice(HEARTS) +
                      rng.choice(TAILS)
                      for _ in range(rng.choice((1, 2, 2, 3))))] = None
    return list(words)


class Records:
    def __init__(self, cities, seed=1):
        self.seed = seed
        rng = random.Random(f"words-{seed}")
        self.words = COMMON + vocabulary(rng, 3000)
        self.weights, total = [], 0.0
        for i in range(len(self.words)):
            total += 1.0 / (i + 3) ** 0.95
            self.weights.append(total)
        # A number in the name: no two cities have the same.
        self.cities = [
            {"no": i, "slug": f"city{i}", "country": rng.choice(COUNTRIES),
             "name": rng.choice(self.words[len(COMMON):]).capitalize() +
             f" {i}"} for i in range(cities)]

    def text(self, rng, size):
        words = rng.choices(self.words, cum_weights=self.weights,
                            k=size // 4 + 4)
        text = ""
        for i, word in enumerate(words):
            text += word.capitalize() if i % 13 == 0 else word
            if len(text) >= size:
                break
            text += ". " if i % 13 == 12 else " "
        return text

    def record(self, city, i, version=1):
        """The @ith record of @city (a number), as `put` takes it."""
        rng = random.Random(f"{self.seed}-{city}-{i}-{version}")
        kind = random.Random(f"{self.seed}-{city}-{i}").random()
        if i < OFFICES:
            return self.office(rng, i)
        if i < OFFICES + CONTACTS or kind < 0.40:
            return self.contact(rng, city, i)
        if kind < 0.75:
            return self.project(rng, city, i)
        return self.practice(rng, city, i)

    def office(self, rng, i):
        return {"type": "office", "slug": f"office{i}", "body": {
            "name": {"en": self.text(rng, 40)}, "kind": "dedicated-cell",
            "scope": {"purposes": [PURPOSES[i]],
                      "topics": rng.sample(TOPICS, 2)},
            "channels": [{"kind": "email", "rank": 1,
                          "address": f"office{i}@city.example"}],
            "verified_at": "2026-11-01T00:00:00Z"}}

    def contact(self, rng, city, i):
        name = self.cities[city]["slug"]
        body = {"kind": "role", "post": {
            "title": {"en": f"{rng.choice(ROLES)}, {self.text(rng, 40)}"},
            "email": f"desk{i}@{name}.example",
            "phone": f"+{rng.randrange(10**9, 10**11)}"},
            "languages": [{"tag": "en", "level": "working"},
                          {"tag": "fr", "level": "native"}],
            "verified_at": "2026-11-01T00:00:00Z"}
        if i < OFFICES + CONTACTS:
            body["office"] = f"office/office{(i - OFFICES) % OFFICES}"
        else:
            body["post"]["office"] = {"en": self.text(rng, 50)}
        return {"type": "contact", "slug": f"contact{i}", "body": body}

    def project(self, rng, city, i):
        place = self.cities[city]
        return {"type": "project", "slug": f"project{i}", "body": {
            "title": {"en": self.text(rng, 50)},
            "status": rng.choice(("draft", "agreed", "running", "finished")),
            "issues": {"en": self.text(rng, 270)},
            "objective": {"en": self.text(rng, 270)},
            "areas": {"topics": rng.sample(TOPICS, rng.choice((1, 2, 3)))},
            "partners": [{"party": {"name": {"en": each["name"]},
                                    "country": each["country"]}}
                         for each in (place, rng.choice(self.cities))],
            "language": "en"}}

    def practice(self, rng, city, i):
        place = self.cities[city]
        return {"type": "practice", "slug": f"practice{i}", "body": {
            "title": {"en": self.text(rng, 60)},
            "who": [{"name": {"en": place["name"]},
                     "country": place["country"]}],
            "when": [{"date": f"20{rng.randrange(15, 26)}-"
                              f"{rng.randrange(1, 13):02d}"}],
            "problem": {"en": self.text(rng, 220)},
            "done": {"en": self.text(rng, 420)},
            "impact": {"en": self.text(rng, 190)},
            "topics": rng.sample(TOPICS, rng.choice((1, 2, 3))),
            "license": "CC-BY-4.0"}}
