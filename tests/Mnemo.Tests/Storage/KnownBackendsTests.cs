using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Storage;

public sealed class KnownBackendsTests
{
    [Fact]
    public void Every_backend_is_found_by_its_name_in_any_case()
    {
        foreach (var backend in KnownBackends.All)
        {
            Assert.Same(backend, KnownBackends.Find(backend.Name));
            Assert.Same(backend, KnownBackends.Find(backend.Name.ToUpperInvariant()));
        }
    }

    [Fact]
    public void An_unknown_name_is_an_error_that_lists_the_known_and_the_nearest()
    {
        var error = Assert.Throws<ArgumentException>(() => KnownBackends.Find("inmemroy"));
        Assert.Contains("'inmemroy'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'inmemory'?", error.Message, StringComparison.Ordinal);
        Assert.All(KnownBackends.All, backend => Assert.Contains(backend.Name, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("Did you mean", Assert.Throws<ArgumentException>(() => KnownBackends.Find("elephant")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_lower_case_and_unique_and_every_default_is_allowed()
    {
        Assert.Equal(KnownBackends.All.Count, KnownBackends.All.Select(b => b.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var backend in KnownBackends.All)
        {
            Assert.Equal(backend.Name.ToLowerInvariant(), backend.Name);
            Assert.NotEmpty(backend.Summary);
            Assert.NotEmpty(backend.Needs);
            Assert.All(backend.Options, option =>
            {
                Assert.True(option.Allowed.Count == 0 || option.Allowed.Contains(option.Default), $"{option.Key} does not allow its own default");
                Assert.True(!option.IsNumber || long.TryParse(option.Default, out _), $"{option.Key} is a number with a default that is none");
            });
        }
    }

    [Fact]
    public void A_wrong_value_is_one_line_that_names_the_key_and_what_to_write_instead()
    {
        foreach (var backend in KnownBackends.All)
        {
            foreach (var option in backend.Options.Where(o => o.IsNumber || o.Allowed.Count > 0))
            {
                var settings = new StoreSettings(Path.GetTempPath(), StoreSettings.DefaultCollection, Harness.Sample.Embedding)
                {
                    Options = new Dictionary<string, string> { [option.Key] = "nonsense" },
                };
                var problem = Assert.Single(backend.Validate(settings));
                Assert.Contains(option.Key, problem, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', problem);
                if (option.Allowed.Count > 0) Assert.Contains(option.Default, problem, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_backend_with_default_settings_has_no_problem_unless_it_needs_a_server()
    {
        foreach (var backend in KnownBackends.All.Where(b => b.Capabilities.HasFlag(Capabilities.Embedded)))
        {
            Assert.Empty(backend.Validate(new StoreSettings(Path.GetTempPath(), StoreSettings.DefaultCollection, Harness.Sample.Embedding)));
        }
    }
}
