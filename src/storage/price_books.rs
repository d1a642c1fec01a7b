//! Prices: the newest book of each exchange, for all processes.

use super::Connection;
use super::error::StorageError;
use crate::domain::exchange::ExchangeId;
use crate::domain::price::Book;

/// Keeps a book in place of an older one of the same exchange. A newer one stays.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn upsert(db: &mut Connection, book: &Book) -> Result<(), StorageError> {
    let json = serde_json::to_string(book).map_err(|_| StorageError::Corrupt("price book"))?;
    let sql = "INSERT INTO price_books (exchange, taken_at, book) VALUES ($1, $2, $3) \
               ON CONFLICT (exchange) DO UPDATE \
               SET taken_at = excluded.taken_at, book = excluded.book \
               WHERE excluded.taken_at > price_books.taken_at";
    sqlx::query(sql)
        .bind(book.exchange.as_str())
        .bind(book.taken_at.0)
        .bind(json)
        .execute(db)
        .await?;
    Ok(())
}

/// The book of an exchange, if one was ever kept.
///
/// # Errors
/// [`StorageError::Database`]; [`StorageError::Corrupt`] when it is none, or another exchange's.
pub async fn find(
    db: &mut Connection,
    exchange: &ExchangeId,
) -> Result<Option<Book>, StorageError> {
    let sql = "SELECT book FROM price_books WHERE exchange = $1";
    let json: Option<String> = sqlx::query_scalar(sql)
        .bind(exchange.as_str())
        .fetch_optional(db)
        .await?;
    let Some(json) = json else { return Ok(None) };
    let book: Option<Book> = serde_json::from_str(&json).ok();
    book.filter(|book| book.exchange == *exchange)
        .map(Some)
        .ok_or(StorageError::Corrupt("price book"))
}
