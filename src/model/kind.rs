//! Kinds of personal data: the vocabulary of findings.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal;)*) => {
        /// What a finding is, in the words of the export's `type` field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            /// Every kind, in the order of the reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in exports and rules, such as `date_of_birth`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The words for a reader, such as "Date of birth".
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

kinds! {
    /// A person's name or a part of it, without a title.
    PersonName = "person_name", "Name";
    /// A birth date, where a label, a column or an identifier says so.
    DateOfBirth = "date_of_birth", "Date of birth";
    /// Any other calendar date.
    Date = "date", "Other date";
    /// An age in years.
    Age = "age", "Age";
    /// Sex or gender.
    Gender = "gender", "Sex or gender";
    /// Nationality.
    Nationality = "nationality", "Nationality";
    /// A person's occupation.
    Profession = "profession", "Profession";
    /// A form of address such as Dr or Mme.
    Title = "title", "Form of address";
    /// An e-mail address.
    Email = "email", "E-mail address";
    /// A telephone or fax number.
    Phone = "phone", "Phone number";
    /// A street with its number, or a whole postal address.
    PostalAddress = "postal_address", "Postal address";
    /// A postcode.
    Postcode = "postcode", "Postcode";
    /// A city, region or country.
    Location = "location", "Place";
    /// A person's national identity number or card number.
    NationalId = "national_id", "National identity number";
    /// A social-security number.
    SocialSecurity = "social_security", "Social-security number";
    /// A person's tax number.
    TaxId = "tax_id", "Tax number";
    /// A health-insurance or health-service number.
    HealthId = "health_id", "Health-service number";
    /// A patient, record or stay number of a clinic.
    PatientId = "patient_id", "Patient number";
    /// A practitioner's or practice's number.
    ProfessionalId = "professional_id", "Practitioner number";
    /// A passport number.
    Passport = "passport", "Passport number";
    /// A driving licence number.
    DrivingLicence = "driving_licence", "Driving licence number";
    /// A machine-readable zone of a travel document.
    Mrz = "mrz", "Machine-readable zone";
    /// An IBAN.
    Iban = "iban", "IBAN";
    /// A bank's BIC.
    Bic = "bic", "BIC";
    /// A national bank account number.
    BankAccount = "bank_account", "Bank account number";
    /// A payment card number.
    PaymentCard = "payment_card", "Payment card number";
    /// A wallet address of a crypto-asset.
    CryptoWallet = "crypto_wallet", "Crypto wallet";
    /// A health term: a procedure, product, diagnosis or code. Presence is what matters.
    Health = "health", "Health data";
    /// Geographic coordinates.
    Gps = "gps", "GPS position";
    /// A device's serial number or a picture's unique id.
    Device = "device", "Device serial";
    /// An IP address.
    Ip = "ip", "IP address";
    /// A MAC address.
    Mac = "mac", "MAC address";
    /// A URL.
    Url = "url", "URL";
    /// A key, token or password.
    Secret = "secret", "Credential";
    /// A vehicle's plate or identification number.
    VehicleId = "vehicle_id", "Vehicle number";
    /// An IMEI.
    Imei = "imei", "IMEI";
    /// A company's register or VAT number.
    CompanyId = "company_id", "Company number";
    /// Another number of a known scheme that is not a person's.
    CompanyOrOther = "company_or_other", "Other register number";
    /// A firm, hospital, court or authority.
    Organisation = "organisation", "Organisation";
    /// A court's or authority's file number.
    CaseRef = "case_ref", "Case reference";
}

impl Kind {
    /// The kind with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether only a private person has such a thing, in whatever capacity they are named: a birth date, a number of a
    /// person, an account.
    pub fn is_private(self) -> bool {
        matches!(
            self,
            Self::DateOfBirth
                | Self::NationalId
                | Self::SocialSecurity
                | Self::TaxId
                | Self::HealthId
                | Self::PatientId
                | Self::Passport
                | Self::DrivingLicence
                | Self::Mrz
                | Self::Iban
                | Self::BankAccount
                | Self::PaymentCard
                | Self::CryptoWallet
        )
    }
}
