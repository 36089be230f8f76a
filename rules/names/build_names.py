#!/usr/bin/env python3
"""Derives the name lists in this folder from two packages of the Python registry.

    python3 -m venv venv && venv/bin/pip install Faker==40.54.0 stopwordsiso==0.7.1
    venv/bin/pip download --no-deps --no-binary :all: philter-ucsf==1.0.3
    venv/bin/python build_names.py philter_ucsf-1.0.3.tar.gz

Faker (MIT licence) gives first and last names, cities, countries, occupations and plain words of its locales.
philter-ucsf (BSD-3-Clause, University of California) gives the first and last names of the census of the United
States and a list of words that are not names. stopwordsiso (MIT) gives the commonest words of 57 languages. The output holds one folded word a line, sorted, each in one script:

    given.txt, family.txt    words of Faker's first and last names
    given_rare.txt, family_rare.txt   further words of the census lists, and first names of one language that the program
                             does not read; many are rare or plain words elsewhere, so they count less
    words.txt                plain words: a capital alone does not make them a name
    places.txt               cities, regions and countries
    jobs.txt                 first words of occupations

The same input gives the same output, byte for byte.
"""
import collections, importlib, io, json, pathlib, pkgutil, re, sys, tarfile, unicodedata

import stopwordsiso
import faker.providers.address, faker.providers.color, faker.providers.job, faker.providers.lorem, faker.providers.person

HERE = pathlib.Path(__file__).parent
# Scripts in which the reader of names can tell words apart.
WORD = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*")
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC")
SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ς": "σ"})
ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ـ": None})
PARTICLES = set("de del della di da do dos das du des la le les van von der den ter ten zu zur el al bin ibn ben e y of und and et the a i o".split())


def fold(word):
    """Lower case without accents: what detection compares."""
    word = unicodedata.normalize("NFD", word.lower())
    word = "".join(c for c in word if unicodedata.category(c) != "Mn").translate(SPECIAL).translate(ARABIC)
    return unicodedata.normalize("NFC", word)


def words_of(text):
    for match in WORD.finditer(text):
        for part in re.split(r"[’'\-]", match.group()):
            if len(part) > 1 and unicodedata.name(part[0], "").startswith(SCRIPTS):
                yield fold(part)


def providers(package):
    yield package.Provider
    for module in pkgutil.iter_modules(package.__path__):
        provider = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "Provider", None)
        if provider:
            yield provider


def strings(value):
    """Every string in a tuple, list, dict of weights, or nest of these."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            if not isinstance(inner, (int, float)):
                yield from strings(inner)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for inner in value:
            yield from strings(inner)


def collect(package, wanted):
    found = set()
    for provider in providers(package):
        for name in dir(provider):
            if wanted(name):
                for text in strings(getattr(provider, name)):
                    if "{" not in text and "%" not in text and "#" not in text:
                        found.update(words_of(text))
    return found


def locale(package, code):
    return importlib.import_module(f"{package.__name__}.{code}").Provider


def first_words(package, name):
    found = set()
    for provider in providers(package):
        for text in strings(getattr(provider, name, ())):
            found.update(list(words_of(text))[:1])
    return found


def census(archive, name):
    member = f"philter_ucsf-1.0.3/philter_ucsf/filters/{name}.json"
    with tarfile.open(archive) as tar:
        text = json.load(io.TextIOWrapper(tar.extractfile(member), "utf-8"))
    return {word for key in text for word in [fold(key)] if re.fullmatch(r"[a-z]{3,16}", word)}


def write(name, words):
    (HERE / name).write_text("".join(f"{word}\n" for word in sorted(words)), encoding="utf-8")
    print(f"{name}: {len(words)} words")


def main(archive):
    person = faker.providers.person
    given = collect(person, lambda n: n.startswith("first_name") and "format" not in n) - PARTICLES
    family = collect(person, lambda n: (n.startswith(("last_name", "male_last", "female_last", "unisex_last")) or "last_names" in n) and "format" not in n) - PARTICLES
    is_place = lambda n: n in ("cities", "city_names", "countries", "states", "provinces", "regions", "departments", "counties", "cantons", "cities_list", "voivodeships", "municipalities")
    cities = collect(faker.providers.address, is_place)
    # A first name within the name of a town (San Juan) stays a first name; one that is a town by itself (Paris) is both.
    single = {word for provider in providers(faker.providers.address) for name in dir(provider) if is_place(name)
              for text in strings(getattr(provider, name)) if len(list(words_of(text))) == 1 for word in words_of(text)}
    lorem = collect(faker.providers.lorem, lambda n: n in ("word_list", "parts_of_speech")) | collect(faker.providers.color, lambda n: n == "all_colors")
    jobs = first_words(faker.providers.job, "jobs")
    plain = census(archive, "whitelists/whitelist_plus_fps_091718_nonames")
    us_given = census(archive, "blacklists/firstnames_minus_fps")
    us_family = census(archive, "blacklists/lastnames_minus_fps")
    # The list of words is medical and very long; what is kept of it are words short enough to be taken for a name.
    plain = {word for word in plain - given - family if 4 <= len(word) <= 8}
    languages = ["ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "ro", "ru", "sv"]
    stop = {word for text in stopwordsiso.stopwords(languages) for word in words_of(text)}
    # Word lists hold names too; a first name of many countries is a name unless English or French use it as a word.
    english = {word for code in ("en_US", "fr_FR") for text in strings(locale(faker.providers.lorem, code).word_list) for word in words_of(text)}
    shared = collections.Counter(word for provider in providers(person) for word in {w for n in dir(provider) if n.startswith("first_name") and "format" not in n for text in strings(getattr(provider, n)) for w in words_of(text)})
    names = {word for word, count in shared.items() if count >= 4} - english
    words = ((lorem | plain) - names | stop) - PARTICLES
    core = {"fr", "en", "es", "de", "it", "pt", "nl", "pl", "sv", "el", "ru", "ar", "da", "no", "fi", "cs", "ro", "hu", "uk", "hr"}
    languages = collections.defaultdict(set)
    for module in pkgutil.iter_modules(person.__path__):
        provider = locale(person, module.name)
        for name in dir(provider):
            if name.startswith("first_name") and "format" not in name:
                for text in strings(getattr(provider, name)):
                    for word in words_of(text):
                        languages[word].add(module.name.split("_")[0])
    clear = {word for word in given if len(languages[word]) > 1 or languages[word] & core}
    write("given.txt", clear)
    write("family.txt", family)
    write("given_rare.txt", {word for word in us_given - given - family - words - jobs if len(word) <= 8} | given - clear - words)
    write("family_rare.txt", {word for word in us_family - family - words - jobs if len(word) <= 8})
    write("words.txt", words)
    write("places.txt", cities - PARTICLES - (names - single))
    write("jobs.txt", jobs)


if __name__ == "__main__":
    main(sys.argv[1])
