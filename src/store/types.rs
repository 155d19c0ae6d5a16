//! How the model's ids and closed lists of words are kept in columns, for both databases at once.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, SingleValue, Text};

use crate::model::ids::{AccountId, PostId};
use crate::model::words;

macro_rules! expressions {
    ($name:ty, $sql:ty) => {
        impl AsExpression<$sql> for $name {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $name {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<$sql> for &'a $name {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<Nullable<$sql>> for &'a $name {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $name
        where
            $name: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <$name as ToSql<$sql, DB>>::to_sql(self, out)
            }
        }
        impl<ST, DB> Queryable<ST, DB> for $name
        where
            DB: Backend,
            ST: SingleValue,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

macro_rules! id_column {
    ($($name:ty),*) => {$(
        expressions!($name, BigInt);
        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }
    )*};
}

macro_rules! word_column {
    ($($name:ty),* $(,)?) => {$(
        expressions!($name, Text);
        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = String::from_sql(bytes)?;
                Self::parse(&text).ok_or_else(|| format!("unknown word {text:?} in the database").into())
            }
        }
    )*};
}

id_column!(AccountId, PostId);
word_column!(
    words::ActorKind,
    words::AccountState,
    words::Audience,
    words::Boundary,
    words::CommunityRole,
    words::CommunityState,
    words::Direction,
    words::FilterAction,
    words::FollowState,
    words::IpSeverity,
    words::JoinPolicy,
    words::Kind,
    words::Listing,
    words::MediaKind,
    words::MediaState,
    words::MembershipState,
    words::NodeTextKind,
    words::NotificationKind,
    words::PeerMode,
    words::PolicyAction,
    words::PostingPolicy,
    words::PushPolicy,
    words::QuestionState,
    words::QuotePolicy,
    words::QuoteState,
    words::Reaction,
    words::Relation,
    words::RepliesPolicy,
    words::ReportCategory,
    words::ReportState,
    words::SeveranceKind,
    words::StrikeAction,
    words::Role,
    words::TransferKind,
    words::UserState,
    words::Visibility,
);
