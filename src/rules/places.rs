//! Which city a position lies in or near: a list of cities, each a circle around its middle.

use super::{RuleError, RuleFiles};

const FILE: &str = "places/cities.tsv";
/// Inhabitants of a square kilometre of a city, of which its circle is made: those of Vienna, Lyon's outskirts, Osaka's
/// suburbs (Eurostat calls a cell of 1,500 and more urban).
const DENSITY: f64 = 3_000.0;
/// Beyond this distance from a city's circle, in kilometres, a position is near none.
const NEAR_KM: f64 = 50.0;
/// Kilometres of a degree of latitude (a meridian of 20,004 km).
const DEGREE_KM: f64 = 111.13;

/// A city.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// Its name as GeoNames writes it.
    pub name: Box<str>,
    /// ISO 3166-1 alpha-2 country.
    pub country: [u8; 2],
    latitude: f64,
    longitude: f64,
    /// Of the circle that its people would fill.
    radius_km: f64,
}

impl City {
    /// The country's code as text.
    pub fn country(&self) -> &str {
        std::str::from_utf8(&self.country).unwrap_or_default()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let mut number = || cells.next()?.parse::<f64>().ok().filter(|value| value.is_finite());
        let (latitude, longitude) = (number()?, number()?);
        let country = <[u8; 2]>::try_from(cells.next()?.as_bytes()).ok()?;
        let thousands: f64 = cells.next()?.parse().ok()?;
        let name = cells.next().filter(|name| !name.is_empty())?;
        let is_valid = latitude.abs() <= 90.0
            && longitude.abs() <= 180.0
            && country.iter().all(u8::is_ascii_uppercase)
            && (0.0..100_000.0).contains(&thousands)
            && cells.next().is_none();
        let radius_km = (thousands * 1_000.0 / DENSITY / std::f64::consts::PI).sqrt();
        is_valid.then(|| Self { name: name.into(), country, latitude, longitude, radius_km })
    }

    /// Kilometres from its middle, on a plane that touches the globe there: what is asked is near.
    fn distance_km(&self, latitude: f64, longitude: f64) -> f64 {
        let east = (longitude - self.longitude + 540.0).rem_euclid(360.0) - 180.0;
        let width = f64::midpoint(latitude, self.latitude).to_radians().cos();
        (latitude - self.latitude).hypot(east * width) * DEGREE_KM
    }
}

/// The cities.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// From south to north.
    cities: Vec<City>,
    largest_km: f64,
}

impl Places {
    /// Reads the list.
    ///
    /// # Errors
    /// If it is missing, or a line is no city.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let bytes = files.get(FILE).ok_or_else(|| RuleError::missing(FILE))?;
        let text = std::str::from_utf8(bytes).map_err(|_| RuleError::new(FILE, "the file is not UTF-8"))?;
        Self::parse(text)
    }

    fn parse(text: &str) -> Result<Self, RuleError> {
        let mut cities = Vec::with_capacity(text.len() / 24);
        for (number, line) in text.lines().enumerate() {
            let city = City::parse(line).ok_or_else(|| RuleError {
                file: FILE.to_owned(),
                line: Some(number + 1),
                message: "a city is latitude, longitude, country, thousands of inhabitants and name, with tabs between"
                    .to_owned(),
            })?;
            cities.push(city);
        }
        cities.sort_by(|a, b| a.latitude.total_cmp(&b.latitude));
        let largest_km = cities.iter().map(|city| city.radius_km).fold(0.0, f64::max);
        Ok(Self { cities, largest_km })
    }

    /// The largest city whose circle holds the position, so that a quarter does not stand for its city; else the one
    /// whose circle is nearest, up to 50 km.
    pub fn near(&self, latitude: f64, longitude: f64) -> Option<&City> {
        let reach = (self.largest_km + NEAR_KM) / DEGREE_KM;
        let start = self.cities.partition_point(|city| city.latitude < latitude - reach);
        let within = self.cities.get(start..)?.iter().take_while(|city| city.latitude <= latitude + reach);
        let measured = within.map(|city| (city, city.distance_km(latitude, longitude) - city.radius_km));
        let reached = measured.filter(|(_, beyond)| *beyond <= NEAR_KM);
        let best = reached.min_by(|(a, a_beyond), (b, b_beyond)| {
            let holds = (*b_beyond <= 0.0).cmp(&(*a_beyond <= 0.0));
            let which =
                if *a_beyond <= 0.0 { b.radius_km.total_cmp(&a.radius_km) } else { a_beyond.total_cmp(b_beyond) };
            holds.then(which).then_with(|| a.name.cmp(&b.name))
        });
        best.map(|(city, _)| city)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(places: &Places, latitude: f64, longitude: f64) -> Option<String> {
        places.near(latitude, longitude).map(|city| format!("{}, {}", city.name, city.country()))
    }

    #[test]
    fn a_position_is_in_the_largest_city_that_holds_it_or_near_the_nearest() {
        let places = Places::new(&RuleFiles::embedded()).expect("the list");
        for (latitude, longitude, city) in [
            (48.8606, 2.3376, "Paris, FR"),
            // In the middle of a quarter that the list has as a city of its own.
            (52.5200, 13.4000, "Berlin, DE"),
            // In a village between towns.
            (-33.9300, 18.8600, "Stellenbosch, ZA"),
            (40.7484, -73.9857, "New York City, US"),
        ] {
            assert_eq!(named(&places, latitude, longitude).as_deref(), Some(city));
        }
        assert_eq!(named(&places, 45.0, -40.0), None, "the Atlantic");
        assert_eq!(named(&places, 90.0, 0.0), None, "the pole");
    }

    #[test]
    fn the_list_is_read_across_the_date_line_and_its_faults_are_named() {
        let places = Places::parse("64.70\t179.90\tRU\t20\tWest\n10.00\t10.00\tNG\t20\tFar\n").expect("a list");
        assert_eq!(named(&places, 64.7, -179.9).as_deref(), Some("West, RU"));
        for line in ["64.7\t179.9\tRU\t20\t", "64.7\t179.9\tru\t20\tA", "95.0\t1.0\tRU\t20\tA", "1.0\t1.0\tRU\tx\tA"] {
            let error = Places::parse(&format!("1.0\t1.0\tFR\t20\tOk\n{line}\n")).expect_err(line);
            assert_eq!(error.line, Some(2));
        }
    }

    proptest! {
        #[test]
        fn every_position_has_an_answer(latitude in -90.0_f64..=90.0, longitude in -180.0_f64..=180.0) {
            let places = Places::parse("0.00\t0.00\tGH\t20\tA\n0.10\t0.10\tGH\t500\tB\n").expect("a list");
            let near = places.near(latitude, longitude);
            prop_assert!(near.is_none() || latitude.abs() < 2.0);
        }
    }
}
