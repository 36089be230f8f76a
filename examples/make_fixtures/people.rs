//! Invented people, with numbers from ranges that are reserved for fiction where a scheme has them: French numbers
//! of ARCEP's audiovisual ranges (06 39 98, 01 99 00), Ofcom's drama numbers (07700 900, 020 7946 0), the German
//! Federal Network Agency's media numbers (030 23125, 0171 39200), domains of RFC 2606. Check digits are computed here.

/// A patient who does not exist.
pub(crate) struct Person {
    pub(crate) given: &'static str,
    pub(crate) surname: &'static str,
    pub(crate) born: (u16, u8, u8),
    pub(crate) street: &'static str,
    pub(crate) postcode: &'static str,
    pub(crate) city: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) email: &'static str,
    pub(crate) number: &'static str,
    pub(crate) folder: &'static str,
}

pub(crate) const ZEPHYRINE: Person = Person {
    given: "Zéphyrine",
    surname: "Quatrevaux",
    born: (1984, 5, 17),
    street: "27 rue des Aubépines",
    postcode: "69003",
    city: "Lyon",
    phone: "06 39 98 41 27",
    email: "zephyrine.quatrevaux@example.com",
    number: "PA-204817",
    folder: "3f0c2f6e-6d0e-4a53-9c0b-5a1f0de4b001",
};

pub(crate) const BASILE: Person = Person {
    given: "Basile",
    surname: "Montclairgeon",
    born: (1971, 11, 2),
    street: "4 impasse du Vieux Lavoir",
    postcode: "38000",
    city: "Grenoble",
    phone: "06 39 98 60 13",
    email: "b.montclairgeon@example.org",
    number: "PA-204933",
    folder: "77a9de10-2b7b-4f8e-8f9d-c2c0a61c7002",
};

pub(crate) const OSWIN: Person = Person {
    given: "Oswin",
    surname: "Thistlebank",
    born: (1990, 2, 28),
    street: "12 Larkmoor Lane",
    postcode: "BS1 5TR",
    city: "Bristol",
    phone: "07700 900417",
    email: "oswin.thistlebank@example.com",
    number: "HC-10442",
    folder: "b1e6a7a4-0f7c-4b43-9a57-0d7f1c2ab003",
};

pub(crate) const MARIGOLD: Person = Person {
    given: "Marigold",
    surname: "Pennyfeather",
    born: (2004, 9, 9),
    street: "3 Saltgate Mews",
    postcode: "EX4 3PL",
    city: "Exeter",
    phone: "07700 900862",
    email: "marigold.p@example.net",
    number: "HC-10518",
    folder: "c9d1f3f0-8c44-4f0e-8d7b-6b2f4a9ee004",
};

pub(crate) const ULRIKE: Person = Person {
    given: "Ulrike",
    surname: "Sonnenbusch",
    born: (1966, 12, 30),
    street: "Ahornweg 8",
    postcode: "10115",
    city: "Berlin",
    phone: "0171 3920041",
    email: "ulrike.sonnenbusch@example.org",
    number: "P-55120",
    folder: "d4c8b2aa-1f3d-45f5-93f4-aa52b7f1c005",
};

pub(crate) const ALL: [&Person; 5] = [&ZEPHYRINE, &BASILE, &OSWIN, &MARIGOLD, &ULRIKE];

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.surname)
    }

    /// Day, month and year with a separator between.
    pub(crate) fn born_with(&self, separator: &str) -> String {
        let (year, month, day) = self.born;
        format!("{day:02}{separator}{month:02}{separator}{year}")
    }

    pub(crate) fn born_iso(&self) -> String {
        let (year, month, day) = self.born;
        format!("{year}-{month:02}-{day:02}")
    }
}

/// A French NIR for a birth abroad (department 99), with its key.
pub(crate) fn nir(sex: u8, person: &Person, order: u16) -> String {
    let (year, month, _) = person.born;
    let body = format!("{sex}{:02}{month:02}99{:03}{order:03}", year % 100, 109);
    let number: u64 = body.parse().expect("thirteen digits");
    let key = 97 - number % 97;
    format!(
        "{} {} {} {} {} {} {key:02}",
        &body[..1],
        &body[1..3],
        &body[3..5],
        &body[5..7],
        &body[7..10],
        &body[10..13]
    )
}

/// An IBAN with its check digits (ISO 13616), grouped by four.
pub(crate) fn iban(country: &str, account: &str) -> String {
    let rearranged = format!("{account}{country}00");
    let remainder = rearranged.bytes().fold(0_u64, |sum, byte| {
        let value = if byte.is_ascii_digit() { u64::from(byte - b'0') } else { u64::from(byte - b'A') + 10 };
        (if value > 9 { sum * 100 } else { sum * 10 } + value) % 97
    });
    let whole = format!("{country}{:02}{account}", 98 - remainder);
    whole.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(" ")
}

/// A payment card number with its Luhn digit, grouped by four.
pub(crate) fn card(body: &str) -> String {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(n, byte)| {
            let digit = u32::from(byte - b'0') * if n % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    let whole = format!("{body}{}", (10 - sum % 10) % 10);
    whole.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(" ")
}
