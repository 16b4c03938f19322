#if defined(__GNUC__) && !defined(__clang__)
// valijson uses <regex>, which g++ 12 under -fsanitize=address takes for uninitialised (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "app/report_formats.h"

#include "validate/policy.h"

#include <Poco/DOM/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/DOM/NodeList.h>
#include <Poco/JSON/Parser.h>
#include <valijson/adapters/poco_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

using namespace mcpctl;
using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;

namespace
{

/// All that somebody could write into a manifest to be more than text in a report.
const std::string nasty =
    "`]]>&<b a=\"x\">' |x|\r\n::error::owned %0A @octocat ![x](http://x) \x01\xFF \xEF\xBF\xBF <!-- \u202E";

Diagnostic finding(Diagnostic::Severity severity, SourcePos pos, std::string message)
{
    return {.severity = severity,
            .pos = std::move(pos),
            .message = std::move(message),
            .rule = "image-source",
            .hint = "mend it"};
}

FindingsReport sample()
{
    FindingsReport report;
    report.title = "mcpctl validate";
    report.folder = "/checkout";
    report.rules = policyRules();
    report.texts = {{"/checkout/a b/x.yaml", "spec:\n  image: \"\u00e9vil/x:1\" # no\n"}};
    report.diagnostics = {
        finding(Diagnostic::Severity::error, {"/checkout/a b/x.yaml", 2, 10}, "image `x` is of no listed source"),
        finding(Diagnostic::Severity::warning, {"m/y.yaml", 3, 1}, nasty),
        finding(Diagnostic::Severity::note, {}, "of no file"),
        finding(Diagnostic::Severity::error, {"/elsewhere/z.yaml", 0, 0}, "of a file as a whole")};
    report.diagnostics[0].see = {{"m/y.yaml", 9, 2}};
    report.diagnostics[3].rule = "yaml";
    return report;
}

FindingsReport hostile()
{
    auto report = sample();
    report.title = nasty;
    for (auto& each : report.diagnostics)
    {
        each.message = each.hint = each.rule = nasty;
        each.pos.file = nasty;
    }
    return report;
}

std::string contentOf(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string complaintsOfSarifSchema(const std::string& text)
{
    using Adapter = valijson::adapters::PocoJsonAdapter;
    static const Var schemaJson =
        Poco::JSON::Parser().parse(contentOf(MCPCTL_SOURCE_DIR "/tests/data/sarif/sarif-2.1.0.json"));
    static const valijson::Schema& schema = []() -> const valijson::Schema&
    {
        static valijson::Schema made;
        valijson::SchemaParser().populateSchema(Adapter(schemaJson), made);
        return made;
    }();
    const Var json = Poco::JSON::Parser().parse(text);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (validator.validate(schema, Adapter(json), &results))
        return "";
    std::string out = "invalid";
    for (valijson::ValidationResults::Error error; results.popError(error);)
        for (const auto& step : error.context)
            out += step + (&step == &error.context.back() ? ": " + error.description + "\n" : "");
    return out;
}

Poco::JSON::Array::Ptr resultsOf(const std::string& sarif)
{
    return Poco::JSON::Parser().parse(sarif).extract<ObjectPtr>()->getArray("runs")->getObject(0)->getArray("results");
}

ObjectPtr physicalOf(const Poco::JSON::Array::Ptr& results, unsigned index)
{
    return results->getObject(index)->getArray("locations")->getObject(0)->getObject("physicalLocation");
}

std::vector<std::string> linesOf(const std::string& text)
{
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

Plan samplePlan()
{
    Plan plan;
    plan.project = ProjectName("mcpctl");
    Step blocked;
    blocked.object = "mcpctl-dev-a";
    blocked.actions = {action::Blocked{}};
    blocked.because = "the name is taken ````` by somebody";
    blocked.place = {"p.yaml", 4, 3};
    Step create;
    create.object = "mcpctl-dev-b";
    create.actions = {action::Create{}};
    create.because = "it is not there";
    plan.steps = {blocked, create};
    return plan;
}

}

BOOST_AUTO_TEST_SUITE(report_formats_test)

BOOST_AUTO_TEST_CASE(sarif_obeys_its_schema_whatever_a_manifest_says)
{
    BOOST_TEST(complaintsOfSarifSchema(sarifReport(sample())) == "");
    BOOST_TEST(complaintsOfSarifSchema(sarifReport(hostile())) == "");
    BOOST_TEST(complaintsOfSarifSchema(sarifReport({})) == "");
    // The judge does judge.
    BOOST_TEST(complaintsOfSarifSchema(R"({"version": "2.1.0", "runs": [{"results": []}]})") != "");
}

BOOST_AUTO_TEST_CASE(sarif_tells_the_region_in_characters_and_files_from_the_checkout)
{
    const auto results = resultsOf(sarifReport(sample()));
    const auto first = physicalOf(results, 0);
    BOOST_TEST(first->getObject("artifactLocation")->getValue<std::string>("uri") == "a%20b/x.yaml");
    const auto region = first->getObject("region");
    BOOST_TEST(region->getValue<int>("startLine") == 2);
    BOOST_TEST(region->getValue<int>("startColumn") == 10);
    BOOST_TEST(region->getValue<int>("endLine") == 2);
    BOOST_TEST(region->getValue<int>("endColumn") == 20); // behind the closing quote
    BOOST_TEST(results->getObject(2)->getArray("locations")->size() == 0u);
    BOOST_TEST(physicalOf(results, 3)->getObject("artifactLocation")->getValue<std::string>("uri") ==
               "file:///elsewhere/z.yaml");
    BOOST_TEST(results->getObject(0)->getArray("relatedLocations")->size() == 1u);
}

BOOST_AUTO_TEST_CASE(sarif_has_every_rule_with_its_help_and_each_finding_names_one)
{
    const auto run =
        Poco::JSON::Parser().parse(sarifReport(sample())).extract<ObjectPtr>()->getArray("runs")->getObject(0);
    const auto rules = run->getObject("tool")->getObject("driver")->getArray("rules");
    BOOST_TEST(rules->size() == policyRules().size() + 1); // and `yaml`
    for (unsigned i = 0; i < rules->size(); ++i)
        BOOST_TEST(!rules->getObject(i)->getObject("help")->getValue<std::string>("text").empty());
    const auto results = run->getArray("results");
    for (unsigned i = 0; i < results->size(); ++i)
    {
        const auto result = results->getObject(i);
        BOOST_TEST(rules->getObject(result->getValue<unsigned>("ruleIndex"))->getValue<std::string>("id") ==
                   result->getValue<std::string>("ruleId"));
    }
}

BOOST_AUTO_TEST_CASE(a_fingerprint_stays_when_lines_move_and_tells_two_findings_apart)
{
    auto report = sample();
    report.diagnostics = {report.diagnostics[0], report.diagnostics[0]};
    const auto fingerprint = [](const std::string& sarif, unsigned index)
    {
        return resultsOf(sarif)
            ->getObject(index)
            ->getObject("partialFingerprints")
            ->getValue<std::string>("mcpctlFinding/v1");
    };
    const auto before = sarifReport(report);
    BOOST_TEST(fingerprint(before, 0) != fingerprint(before, 1));
    for (auto& each : report.diagnostics)
        each.pos.line += 40;
    BOOST_TEST(fingerprint(sarifReport(report), 0) == fingerprint(before, 0));
    BOOST_TEST(fingerprint(sarifReport(report), 1) == fingerprint(before, 1));
}

BOOST_AUTO_TEST_CASE(junit_parses_whatever_a_manifest_says_and_counts_right)
{
    for (const auto& report : {sample(), hostile(), FindingsReport{}})
    {
        const Poco::XML::AutoPtr<Poco::XML::Document> xml = Poco::XML::DOMParser().parseString(junitReport(report));
        const Poco::XML::AutoPtr<Poco::XML::NodeList> tests = xml->getElementsByTagName("testcase");
        const Poco::XML::AutoPtr<Poco::XML::NodeList> failures = xml->getElementsByTagName("failure");
        const auto* suite = static_cast<Poco::XML::Element*>(xml->documentElement()->getChildElement("testsuite"));
        BOOST_TEST(suite->getAttribute("tests") == std::to_string(tests->length()));
        BOOST_TEST(suite->getAttribute("failures") == std::to_string(failures->length()));
        const auto errors =
            std::count_if(report.diagnostics.begin(), report.diagnostics.end(),
                          [](const auto& each) { return each.severity == Diagnostic::Severity::error; });
        BOOST_TEST(failures->length() == static_cast<std::size_t>(errors));
        BOOST_TEST(suite->getAttribute("name").size() <= report.title.size());
    }
    const auto text = junitReport(sample());
    BOOST_TEST(text.find("classname=\"privileged\" name=\"found nothing\"") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(github_gets_one_command_a_finding_and_none_from_a_manifest)
{
    const auto lines = linesOf(githubReport(sample()));
    BOOST_REQUIRE(lines.size() == 5u);
    BOOST_TEST(lines[0] == "::error file=a b/x.yaml,line=2,col=10,title=image-source::image `x` is of no listed "
                           "source%0Ahint: mend it");
    BOOST_TEST(lines[2] == "::notice title=image-source::of no file%0Ahint: mend it");
    BOOST_TEST(lines[4] == "::notice title=mcpctl validate::2 errors, 1 warning, 1 note");

    const auto nastyLines = linesOf(githubReport(hostile()));
    BOOST_TEST(nastyLines.size() == 5u);
    for (const auto& line : nastyLines)
    {
        const auto properties = line.substr(line.find(' ') + 1, line.find("::", 2) - line.find(' ') - 1);
        BOOST_TEST(properties.find(':') == std::string::npos, line);
        BOOST_TEST(line.find('\r') == std::string::npos);
        BOOST_TEST(line.find("%250A") != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(markdown_is_one_row_a_finding_and_nothing_in_it_has_a_meaning)
{
    BOOST_TEST(linesOf(markdownReport(sample())).size() == 8u);
    const auto text = markdownReport(hostile());
    const auto lines = linesOf(text);
    BOOST_REQUIRE(lines.size() == 8u);
    for (std::size_t i = 4; i < lines.size(); ++i)
        BOOST_TEST(std::count(lines[i].begin(), lines[i].end(), '|') == 6, lines[i]);
    for (const char* part : {"<b", "<!--", "](", "::error", "`", "@octocat", "http://"})
        BOOST_TEST(text.find(part) == std::string::npos, part << " in\n" << text);
    BOOST_TEST(markdownText("image `a|b` is") == "image <code>a&#124;b</code> is");
}

BOOST_AUTO_TEST_CASE(a_plan_for_a_comment_is_folded_and_its_fence_holds)
{
    const auto text = markdownPlan(samplePlan());
    BOOST_TEST(text.starts_with("**mcpctl plan**: "));
    BOOST_TEST(text.find("<details><summary>") != std::string::npos);
    BOOST_TEST(text.find("\n``````\n") != std::string::npos, text); // one more than in the plan
}

BOOST_AUTO_TEST_CASE(a_blocked_step_of_a_plan_is_an_error_where_it_is_declared)
{
    const auto findings = findingsOf(samplePlan());
    BOOST_REQUIRE(findings.size() == 2u);
    BOOST_TEST((findings[0].severity == Diagnostic::Severity::error));
    BOOST_TEST(findings[0].rule == "plan-blocked");
    BOOST_TEST(findings[0].pos.line == 4);
    BOOST_TEST((findings[1].severity == Diagnostic::Severity::note));
    BOOST_TEST(findings[1].message == "create mcpctl-dev-b: it is not there");
}

BOOST_AUTO_TEST_SUITE_END()
