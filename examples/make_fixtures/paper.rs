//! The paperwork of three clinics: what stands on their invoices, plans, consents and prescriptions.

use crate::pdf::Line;
use crate::people::{self, Person};

pub(crate) const AUTHOR: &str = "Clinique Aurore";

fn line(x: f32, y: f32, size: f32, text: impl Into<String>) -> Line {
    (x, y, size, text.into())
}

fn french_head() -> Vec<Line> {
    vec![
        line(20.0, 20.0, 14.0, "Clinique Aurore"),
        line(20.0, 26.0, 9.0, "18 quai des Tanneurs, 69002 Lyon"),
        line(20.0, 31.0, 9.0, "Tél. 01 99 00 27 45 - contact@clinique-aurore.example"),
    ]
}

fn french_patient(person: &Person) -> Vec<Line> {
    vec![
        line(110.0, 50.0, 10.0, format!("Patient : {}", person.name())),
        line(110.0, 55.0, 10.0, person.street),
        line(110.0, 60.0, 10.0, format!("{} {}", person.postcode, person.city)),
        line(110.0, 65.0, 10.0, format!("Né(e) le : {}", person.born_with("/"))),
        line(110.0, 70.0, 10.0, format!("Tél. : {}", person.phone)),
        line(110.0, 75.0, 10.0, format!("E-mail : {}", person.email)),
        line(110.0, 80.0, 10.0, format!("N° patient : {}", person.number)),
    ]
}

pub(crate) fn facture(person: &Person, sex: u8) -> Vec<Vec<Line>> {
    let mut page = french_head();
    page.extend(french_patient(person));
    page.extend([
        line(20.0, 50.0, 16.0, "FACTURE N° 2019-0042"),
        line(20.0, 58.0, 10.0, "Date : 03/05/2019"),
        line(20.0, 63.0, 10.0, "Dr Hippolyte Garancière"),
        line(20.0, 88.0, 10.0, format!("N° de sécurité sociale : {}", people::nir(sex, person, 42))),
        line(20.0, 100.0, 10.0, "Désignation"),
        line(120.0, 100.0, 10.0, "Qté"),
        line(140.0, 100.0, 10.0, "Prix unitaire"),
        line(175.0, 100.0, 10.0, "Total"),
    ]);
    for (n, (what, price)) in [
        ("Injection d'acide hyaluronique", "350,00 €"),
        ("Peeling superficiel", "120,00 €"),
        ("Consultation", "60,00 €"),
    ]
    .into_iter()
    .enumerate()
    {
        let y = 107.0 + 6.0 * n as f32;
        page.extend([
            line(20.0, y, 10.0, what),
            line(120.0, y, 10.0, "1"),
            line(140.0, y, 10.0, price),
            line(175.0, y, 10.0, price),
        ]);
    }
    page.extend([
        line(140.0, 132.0, 10.0, "Total HT 441,67 €"),
        line(140.0, 138.0, 10.0, "TVA 20 % 88,33 €"),
        line(140.0, 144.0, 12.0, "Net à payer 530,00 €"),
        line(20.0, 160.0, 10.0, "Réglé par carte le 03/05/2019. Selon devis D-2019-0108."),
        line(
            20.0,
            166.0,
            10.0,
            format!("Remboursement sur l'IBAN du patient : {}", people::iban("FR", "99999010010123456789X42")),
        ),
    ]);
    vec![page]
}

pub(crate) fn devis(person: &Person) -> Vec<Vec<Line>> {
    let mut page = french_head();
    page.extend(french_patient(person));
    page.extend([
        line(20.0, 50.0, 16.0, "DEVIS - PLAN DE TRAITEMENT"),
        line(20.0, 58.0, 10.0, "Devis n° D-2019-0108"),
        line(20.0, 63.0, 10.0, "Date : 12/04/2019"),
        line(20.0, 68.0, 10.0, "Praticien : Dr Hippolyte Garancière"),
        line(20.0, 95.0, 10.0, "Séance 1 : Rhinoplastie médicale"),
        line(150.0, 95.0, 10.0, "900,00 €"),
        line(20.0, 102.0, 10.0, "Séance 2 : Toxine botulique, lion et front"),
        line(150.0, 102.0, 10.0, "420,00 €"),
        line(140.0, 112.0, 12.0, "Total TTC 1 320,00 €"),
        line(20.0, 125.0, 10.0, "Anesthésie locale. Date proposée : 20/06/2019."),
        line(20.0, 131.0, 10.0, "Durée de validité : 3 mois. Une facture sera remise après chaque séance."),
        line(20.0, 260.0, 10.0, "Devis reçu avant l'exécution de la prestation de service"),
        line(20.0, 266.0, 10.0, "Bon pour accord, date et signature du patient :"),
    ]);
    vec![page]
}

pub(crate) fn consentement(person: &Person) -> Vec<Vec<Line>> {
    let mut page = french_head();
    page.extend([
        line(20.0, 50.0, 16.0, "CONSENTEMENT ÉCLAIRÉ"),
        line(20.0, 65.0, 10.0, format!("Je soussignée {}, née le {},", person.name(), person.born_with("/"))),
        line(20.0, 71.0, 10.0, "reconnais avoir reçu une information claire sur la génioplastie proposée,"),
        line(
            20.0,
            77.0,
            10.0,
            "ses risques et complications, et j'autorise le Dr Hippolyte Garancière à la pratiquer.",
        ),
        line(20.0, 100.0, 10.0, "Fait à Lyon, le 12/04/2019"),
        line(20.0, 110.0, 10.0, "Signature du patient :"),
    ]);
    vec![page]
}

pub(crate) fn ordonnance(person: &Person) -> Vec<Vec<Line>> {
    let mut page = french_head();
    page.extend([
        line(20.0, 50.0, 16.0, "ORDONNANCE"),
        line(20.0, 60.0, 10.0, "Dr Hippolyte Garancière, le 03/05/2019"),
        line(20.0, 66.0, 10.0, format!("Patient : {}, né le {}", person.name(), person.born_with("/"))),
        line(20.0, 80.0, 10.0, "Paracétamol 500 mg : 1 comprimé matin et soir pendant 7 jours"),
        line(20.0, 86.0, 10.0, "Crème cicatrisante : 2 fois par jour, qsp 1 mois"),
    ]);
    vec![page]
}

fn english_head(person: &Person) -> Vec<Line> {
    vec![
        line(20.0, 20.0, 14.0, "Harbour Skin Rooms"),
        line(20.0, 26.0, 9.0, "40 Quay Street, Bristol BS1 4DJ"),
        line(20.0, 31.0, 9.0, "Tel 020 7946 0417   hello@harbourskinrooms.example"),
        line(20.0, 55.0, 10.0, "Patient"),
        line(60.0, 55.0, 10.0, person.name()),
        line(20.0, 60.0, 10.0, "Date of birth"),
        line(60.0, 60.0, 10.0, person.born_with("/")),
        line(20.0, 65.0, 10.0, "Address"),
        line(60.0, 65.0, 10.0, format!("{}, {} {}", person.street, person.city, person.postcode)),
        line(20.0, 70.0, 10.0, "Mobile"),
        line(60.0, 70.0, 10.0, person.phone),
        line(20.0, 75.0, 10.0, "Email"),
        line(60.0, 75.0, 10.0, person.email),
        line(20.0, 80.0, 10.0, "Patient no."),
        line(60.0, 80.0, 10.0, person.number),
    ]
}

pub(crate) fn invoice(person: &Person) -> Vec<Vec<Line>> {
    let mut page = english_head(person);
    page.extend([
        line(130.0, 45.0, 18.0, "INVOICE"),
        line(130.0, 53.0, 10.0, "Invoice number: HSR-20417"),
        line(130.0, 58.0, 10.0, "Invoice date: 14/03/2018"),
        line(20.0, 95.0, 10.0, "Description"),
        line(150.0, 95.0, 10.0, "Amount"),
        line(20.0, 102.0, 10.0, "Botulinum toxin, three areas"),
        line(150.0, 102.0, 10.0, "£290.00"),
        line(20.0, 108.0, 10.0, "Dermal filler 1 ml"),
        line(150.0, 108.0, 10.0, "£240.00"),
        line(20.0, 114.0, 10.0, "Consultation with Dr Perpetua Langholm"),
        line(150.0, 114.0, 10.0, "£50.00"),
        line(120.0, 126.0, 12.0, "Total due"),
        line(150.0, 126.0, 12.0, "£580.00"),
        line(20.0, 140.0, 10.0, format!("Paid by card {}", people::card("402360998877665"))),
    ]);
    vec![page]
}

pub(crate) fn plan(person: &Person) -> Vec<Vec<Line>> {
    let mut page = english_head(person);
    page.extend([
        line(120.0, 45.0, 18.0, "Treatment plan"),
        line(120.0, 53.0, 10.0, "14 March 2018"),
        line(120.0, 58.0, 10.0, "Prepared by Dr Perpetua Langholm"),
        line(20.0, 95.0, 10.0, "Session 1"),
        line(60.0, 95.0, 10.0, "Upper blepharoplasty consultation"),
        line(150.0, 95.0, 10.0, "£90.00"),
        line(20.0, 101.0, 10.0, "Session 2"),
        line(60.0, 101.0, 10.0, "Upper blepharoplasty"),
        line(150.0, 101.0, 10.0, "£2,400.00"),
        line(120.0, 112.0, 12.0, "Estimated total"),
        line(150.0, 112.0, 12.0, "£2,490.00"),
        line(20.0, 130.0, 10.0, "This estimate is valid until 14 June 2018. An invoice follows after each session."),
        line(20.0, 250.0, 10.0, "Patient signature"),
    ]);
    vec![page]
}

pub(crate) fn rechnung(person: &Person) -> Vec<Vec<Line>> {
    vec![vec![
        line(20.0, 20.0, 14.0, "Praxis Sonnenhof - Dr. med. Leberecht Wacholder"),
        line(20.0, 26.0, 9.0, "Lindenplatz 2, 10117 Berlin, Tel. 030 23125 417, praxis@praxis-sonnenhof.example"),
        line(20.0, 50.0, 10.0, "Frau"),
        line(20.0, 55.0, 10.0, person.name()),
        line(20.0, 60.0, 10.0, person.street),
        line(20.0, 65.0, 10.0, format!("{} {}", person.postcode, person.city)),
        line(20.0, 85.0, 14.0, "Rechnung Nr. 2017-1187"),
        line(20.0, 92.0, 10.0, "Rechnungsdatum: 09.10.2017"),
        line(20.0, 98.0, 10.0, format!("Patientin: {}, geb. {}", person.name(), person.born_with("."))),
        line(20.0, 104.0, 10.0, format!("Patientennummer: {}   Telefon: {}", person.number, person.phone)),
        line(20.0, 115.0, 10.0, "Ziffer"),
        line(50.0, 115.0, 10.0, "Leistung"),
        line(150.0, 115.0, 10.0, "Betrag"),
        line(20.0, 121.0, 10.0, "5"),
        line(50.0, 121.0, 10.0, "Beratung"),
        line(150.0, 121.0, 10.0, "10,72 EUR"),
        line(20.0, 127.0, 10.0, "2440"),
        line(50.0, 127.0, 10.0, "Laserbehandlung der Haut"),
        line(150.0, 127.0, 10.0, "160,00 EUR"),
        line(20.0, 133.0, 10.0, "A"),
        line(50.0, 133.0, 10.0, "Hyaluronsäure-Unterspritzung"),
        line(150.0, 133.0, 10.0, "290,00 EUR"),
        line(110.0, 145.0, 11.0, "Gesamtbetrag"),
        line(150.0, 145.0, 11.0, "460,72 EUR"),
        line(20.0, 160.0, 10.0, "Zahlbar innerhalb von 14 Tagen ohne Abzug."),
        line(20.0, 166.0, 10.0, format!("Bankverbindung der Praxis: {}", people::iban("DE", "999999990123456789"))),
    ]]
}

pub(crate) fn kostenvoranschlag(person: &Person) -> Vec<String> {
    vec![
        "Praxis Sonnenhof".into(),
        "Kostenvoranschlag".into(),
        "Datum: 02.09.2017".into(),
        format!("Patientin: {}", person.name()),
        format!("Geburtsdatum: {}", person.born_with(".")),
        format!("Anschrift: {}, {} {}", person.street, person.postcode, person.city),
        "Geplante Behandlung: Kryolipolyse in drei Sitzungen".into(),
        "Gültig bis 02.12.2017. Die geschätzten Kosten sind unverbindlich.".into(),
        "Ort, Datum, Unterschrift des Patienten".into(),
    ]
}
